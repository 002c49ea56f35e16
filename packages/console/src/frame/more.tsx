/** The foot of a list that comes in pages: how much is shown, and a button for more. */
import { Button, Group, Text } from '@mantine/core';

interface MoreProps {
  readonly shown: number;
  readonly what: string;
  readonly list: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}

export function More({ shown, what, list }: MoreProps) {
  return (
    <Group justify="space-between" px="md" py="xs" className="more">
      <Text size="xs" className="quiet">
        {shown} {shown === 1 ? what : `${what}s`} shown{list.hasNextPage ? ', there are more' : ''}
      </Text>
      {list.hasNextPage ? (
        <Button
          size="xs"
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
    </Group>
  );
}
