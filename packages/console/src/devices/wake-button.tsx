/** Asks the server to send the device a Package #0, and says what came of it. */
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Device } from '@ueprov/provisioning-server/api';
import { ApiError, post } from '../api/request.ts';
import { Icon } from '../frame/icon.tsx';

export function WakeButton({ device }: { readonly device: Device }) {
  const queries = useQueryClient();
  const wake = useMutation({
    mutationFn: () => post(`/devices/${encodeURIComponent(device.id)}/wake`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['device', device.id], exact: true }),
  });
  return (
    <Group gap="sm">
      <Text size="sm" role="status" className={wake.isError ? 'bad' : 'quiet'}>
        {wake.isSuccess ? 'Wake asked for' : null}
        {wake.error ? wordsOf(wake.error) : null}
      </Text>
      <Button
        size="xs"
        leftSection={<Icon name="wake" size={15} />}
        loading={wake.isPending}
        onClick={() => wake.mutate()}
        title="Send a Package #0 to the device in a SIP MESSAGE"
      >
        Wake
      </Button>
    </Group>
  );
}

function wordsOf(error: Error): string {
  return error instanceof ApiError ? `${error.message} (${error.code})` : error.message;
}
