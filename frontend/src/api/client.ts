/** One door to the server: JSON in and out, problem+json as `Problem`, CSRF and language headers. */

import { noteAnswer, noteSilence } from './reach'

const BASE = '/api/v1'

export type ProblemCode =
  | 'invalid'
  | 'forbidden'
  | 'missing'
  | 'conflict'
  | 'unavailable'
  | 'unauthenticated'
  | 'totp-required'
  | 'locked'
  | 'unreachable'

/** What the server said no with; `unreachable` is ours, for no answer at all. */
export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly errors: Record<string, string[]> = {},
  ) {
    super(detail || title)
    this.name = 'Problem'
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

interface Wire {
  csrf: string
  language: string
  /** How many answers are waited for. */
  asking: number
  onLoggedOut: () => void
}

/** Set by the session and the locale; kept here so that the client imports neither. */
export const wire: Wire = { csrf: '', language: 'zh', asking: 0, onLoggedOut: () => undefined }

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue
    search.set(name, String(value))
  }
  const tail = search.toString()
  return BASE + path + (tail ? `?${tail}` : '')
}

function codeOf(status: number): ProblemCode {
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'missing'
  if (status === 409) return 'conflict'
  if (status === 423) return 'locked'
  if (status >= 500) return 'unavailable'
  return 'invalid'
}

function fieldErrors(raw: unknown): Record<string, string[]> {
  const errors: Record<string, string[]> = {}
  if (!raw || typeof raw !== 'object') return errors
  for (const [field, value] of Object.entries(raw)) {
    errors[field] = (Array.isArray(value) ? value : [value]).map(String)
  }
  return errors
}

async function problemOf(response: Response): Promise<Problem> {
  let body: Record<string, unknown> = {}
  try {
    body = (await response.json()) as Record<string, unknown>
  } catch {
    // A proxy's HTML page: the status alone has to speak.
  }
  return new Problem(
    (body.code as ProblemCode | undefined) ?? codeOf(response.status),
    response.status,
    String(body.title ?? response.statusText),
    String(body.detail ?? ''),
    fieldErrors(body.errors),
  )
}

export interface Send {
  body?: unknown
  query?: Query
  signal?: AbortSignal
}

async function send<T>(method: string, path: string, sent: Send): Promise<T> {
  wire.asking += 1
  try {
    return await exchange<T>(method, path, sent)
  } finally {
    wire.asking -= 1
  }
}

async function exchange<T>(
  method: string,
  path: string,
  { body, query, signal }: Send,
): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': wire.language }
  if (method !== 'GET') headers['X-CSRF-Token'] = wire.csrf
  let payload: BodyInit | undefined
  if (body instanceof FormData || body instanceof Blob) payload = body
  else if (body !== undefined) {
    headers['Content-Type'] = 'application/json'
    payload = JSON.stringify(body)
  }
  let response: Response
  try {
    response = await fetch(address(path, query), { method, headers, body: payload, signal })
  } catch (error) {
    if (signal?.aborted) throw error
    noteSilence()
    throw new Problem('unreachable', 0, '', '')
  }
  noteAnswer(response.status)
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.code === 'unauthenticated' && path !== '/session') wire.onLoggedOut()
    throw problem
  }
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown) => send<T>('POST', path, { body: body ?? {} }),
  put: <T>(path: string, body: unknown) => send<T>('PUT', path, { body }),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', path, { body }),
  del: <T>(path: string) => send<T>('DELETE', path, {}),
  upload: <T>(path: string, file: File, more: Record<string, string> = {}) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(more)) form.append(name, value)
    form.append('file', file, file.name)
    return send<T>('POST', path, { body: form })
  },
  /** The file itself is the body, byte for byte. */
  bytes: <T>(path: string, file: File, query: Query = {}) =>
    send<T>('POST', path, { body: file, query }),
}
