/** Shows the pages to who is signed in, and the sign-in form to who is not. */
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { ApiError } from '../api/request.ts';
import { Failure, Loading } from './failure.tsx';
import { checkSignedIn, signIn, takeTokenFromAddress } from './sign-in.ts';
import { SignInPage } from './sign-in-page.tsx';

type Gate =
  | { readonly kind: 'checking' }
  | { readonly kind: 'in' }
  | { readonly kind: 'out'; readonly error?: Error }
  | { readonly kind: 'failed'; readonly error: Error };

/** Taken once, when the page's code is first run: the address bar is clean before anything is drawn. */
const tokenFromAddress = takeTokenFromAddress();

let firstCheck: Promise<unknown> | undefined;

function enter(): Promise<unknown> {
  firstCheck ??= tokenFromAddress === undefined ? checkSignedIn() : signIn(tokenFromAddress);
  return firstCheck;
}

export function GateTo({ children }: { readonly children: ReactNode }) {
  const [gate, setGate] = useState<Gate>({ kind: 'checking' });
  const queries = useQueryClient();

  const check = useCallback(() => {
    enter().then(
      () => setGate({ kind: 'in' }),
      (error: Error) => {
        firstCheck = undefined;
        setGate(isSignedOut(error) ? outWith(error) : { kind: 'failed', error });
      },
    );
  }, []);
  useEffect(check, [check]);

  // A cookie that ran out shows as 401 on any later question.
  useEffect(
    () =>
      queries.getQueryCache().subscribe((change) => {
        if (isSignedOut(change.query.state.error)) {
          firstCheck = undefined;
          setGate({ kind: 'out' });
        }
      }),
    [queries],
  );

  if (gate.kind === 'checking') return <Loading what="the console" />;
  if (gate.kind === 'failed') return <Failure error={gate.error} retry={check} />;
  if (gate.kind === 'in') return children;
  return (
    <SignInPage
      firstError={gate.error}
      onSignedIn={() => {
        queries.clear();
        setGate({ kind: 'in' });
      }}
    />
  );
}

function isSignedOut(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** The first visit has no cookie, which is no error; a token from the address that fails is one. */
function outWith(error: Error): Gate {
  return tokenFromAddress === undefined ? { kind: 'out' } : { kind: 'out', error };
}
