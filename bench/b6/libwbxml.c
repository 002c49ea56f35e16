/*
 * Times libwbxml's conversion in one process: CPU time, as the bench takes its own.
 *
 *   libwbxml MILLISECONDS FILE...
 *
 * prints for each file the nanoseconds of one conversion: a file that starts with '<' to WBXML, another to XML.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <wbxml/wbxml.h>

static unsigned char input[1 << 20];

static double cpu_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

static WBXMLError to_wbxml(WB_ULONG length, WB_UTINY **output, WB_ULONG *output_length) {
    WBXMLConvXML2WBXML *converter = NULL;
    WBXMLError result = wbxml_conv_xml2wbxml_create(&converter);
    if (result != WBXML_OK) return result;
    wbxml_conv_xml2wbxml_disable_string_table(converter);
    result = wbxml_conv_xml2wbxml_run(converter, input, length, output, output_length);
    wbxml_conv_xml2wbxml_destroy(converter);
    return result;
}

static WBXMLError to_xml(WB_ULONG length, WB_UTINY **output, WB_ULONG *output_length) {
    WBXMLConvWBXML2XML *converter = NULL;
    WBXMLError result = wbxml_conv_wbxml2xml_create(&converter);
    if (result != WBXML_OK) return result;
    wbxml_conv_wbxml2xml_set_gen_type(converter, WBXML_GEN_XML_COMPACT);
    result = wbxml_conv_wbxml2xml_run(converter, input, length, output, output_length);
    wbxml_conv_wbxml2xml_destroy(converter);
    return result;
}

static int convert(WB_ULONG length) {
    WB_UTINY *output = NULL;
    WB_ULONG output_length = 0;
    WBXMLError result = input[0] == '<' ? to_wbxml(length, &output, &output_length)
                                        : to_xml(length, &output, &output_length);
    free(output);
    if (result == WBXML_OK && output_length > 0) return 1;
    fprintf(stderr, "%s\n", (const char *)wbxml_errors_string(result));
    return 0;
}

int main(int count, char **arguments) {
    double slice = count > 1 ? atof(arguments[1]) * 1e6 : 0;
    for (int index = 2; index < count; index++) {
        FILE *file = fopen(arguments[index], "rb");
        if (file == NULL) return 2;
        WB_ULONG length = (WB_ULONG)fread(input, 1, sizeof input, file);
        fclose(file);
        /* The clock is asked as rarely as on our side. */
        long conversions = 16;
        double spent;
        for (;; conversions *= 2) {
            double start = cpu_ns();
            for (long turn = 0; turn < conversions; turn++)
                if (!convert(length)) return 1;
            spent = cpu_ns() - start;
            if (spent >= slice) break;
        }
        printf("%.0f\n", spent / conversions);
    }
    return 0;
}
