/** Finds devices by id or public identity from any page; `/` puts the cursor here. */
import { Kbd, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { Icon } from './icon.tsx';

export function SearchBox() {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  useHotkeys([['/', () => input.current?.focus()]]);

  function submit(event: FormEvent) {
    event.preventDefault();
    const q = text.trim();
    void navigate({ to: '/devices', search: q === '' ? {} : { q } });
    setText('');
    input.current?.blur();
  }

  return (
    <search className="search">
      <form onSubmit={submit}>
        <TextInput
          ref={input}
          size="xs"
          aria-label="Find a device by id or public identity"
          placeholder="Device id or IMPU"
          leftSection={<Icon name="search" size={15} />}
          rightSection={<Kbd size="xs">/</Kbd>}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </form>
    </search>
  );
}
