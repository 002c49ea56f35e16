export { XmlCursor } from './cursor.ts';
export { displayText, escapeAttribute, escapeText, isXmlText } from './escape.ts';
export { XmlWriter, type XmlWriterOptions } from './write.ts';
