/** Signing in: an access token becomes the server's HttpOnly cookie; the page never keeps it. */
import { post, request } from '../api/request.ts';

/** The token of `#token=…`, removed from the address bar and its history entry at once. */
export function takeTokenFromAddress(): string | undefined {
  const token = tokenIn(location.hash);
  if (token === undefined) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return token;
}

export function tokenIn(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token')?.trim();
  return token === '' ? undefined : token;
}

export const signIn = (token: string): Promise<unknown> => post('/login', { token });

export const signOut = (): Promise<unknown> => post('/logout');

/** Resolves if the browser's cookie is good; throws the server's 401 if not. */
export const checkSignedIn = (): Promise<unknown> => request('/devices?limit=1');
