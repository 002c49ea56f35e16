/** The title of the page, in the top bar and in the browser's tab; each route names its own. */
import { Title } from '@mantine/core';
import { useMatches } from '@tanstack/react-router';
import { useEffect } from 'react';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    title?: string;
  }
}

export function PageTitle() {
  const title = useMatches({ select: (matches) => matches.at(-1)?.staticData.title }) ?? 'ueprov';
  useEffect(() => {
    document.title = `${title} · ueprov`;
  }, [title]);
  return (
    <Title order={1} size="h5" className="page-title">
      {title}
    </Title>
  );
}
