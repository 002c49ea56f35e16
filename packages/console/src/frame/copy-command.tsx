/** A command of the shell in a box, with a button that copies it. */
import { ActionIcon, Code, CopyButton, Group } from '@mantine/core';
import { Icon } from './icon.tsx';

export function CopyCommand({ command }: { readonly command: string }) {
  return (
    <Group gap={6} mt="xs" className="copy-command">
      <Code fz="sm">{command}</Code>
      <CopyButton value={command} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="default"
            onClick={copy}
            aria-label={copied ? 'Copied' : 'Copy the command'}
          >
            <Icon name={copied ? 'check' : 'copy'} size={15} />
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
