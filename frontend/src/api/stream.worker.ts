/**
 * Holds the one event stream of this browser and watches whether the server answers.
 *
 * A worker, because timers of a hidden page are slowed to one a minute; shared where the browser can,
 * because each stream takes one of the six connections a browser grants a host. The same file serves
 * as a SharedWorker and as a plain Worker.
 */
import { sseReader, type Frame } from './sse'

export type FromWorker =
  { type: 'frame'; frame: Frame } | { type: 'link'; up: boolean; since: number }

export type ToWorker = { type: 'start' } | { type: 'stop' }

interface Port {
  postMessage: (message: FromWorker) => void
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null
}

const BEAT = 3000
const PATIENCE = 4000
const ports = new Set<Port>()
let reading: AbortController | null = null
let beat: ReturnType<typeof setInterval> | undefined
let lastId = ''
let up = true
let since = Date.now()
let answeredAt = Date.now()

const tell = (message: FromWorker) => ports.forEach((port) => port.postMessage(message))

function link(answered: boolean): void {
  // Lost since the last answer, not since we noticed.
  if (answered !== up) since = answered ? Date.now() : answeredAt
  if (answered) answeredAt = Date.now()
  up = answered
  tell({ type: 'link', up, since })
}

async function ask(): Promise<void> {
  const control = new AbortController()
  const timer = setTimeout(() => control.abort(), PATIENCE)
  try {
    const response = await fetch('/healthz', { signal: control.signal, cache: 'no-store' })
    // Its own account, healthy or not, proves the server is there; a proxy's error page does not.
    const told = (await response.json()) as { status?: unknown }
    link(typeof told.status === 'string')
  } catch {
    link(false)
  } finally {
    clearTimeout(timer)
  }
}

async function read(signal: AbortSignal): Promise<void> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (lastId) headers['Last-Event-ID'] = lastId
  const response = await fetch('/api/v1/stream', { signal, headers, cache: 'no-store' })
  if (!response.ok || !response.body) throw new Error(String(response.status))
  link(true)
  const reader = sseReader(
    (frame) => {
      if (frame.id) lastId = frame.id
      tell({ type: 'frame', frame })
    },
    () => link(true),
  )
  const bytes = response.body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await bytes.read()
    if (done) return
    reader.push(decoder.decode(value, { stream: true }))
  }
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function follow(control: AbortController): Promise<void> {
  let pause = 1000
  while (!control.signal.aborted) {
    const began = Date.now()
    try {
      await read(control.signal)
    } catch {
      // The beat says whether the server is lost; here we only come back.
    }
    pause = Date.now() - began > 10_000 ? 1000 : Math.min(pause * 1.6, 10_000)
    if (!control.signal.aborted) await rest(pause)
  }
}

function start(): void {
  if (reading) return
  reading = new AbortController()
  void follow(reading)
  beat = setInterval(() => void ask(), BEAT)
}

function stop(): void {
  reading?.abort()
  reading = null
  clearInterval(beat)
}

function serve(port: Port): void {
  port.onmessage = (event) => {
    if (event.data.type === 'start') {
      ports.add(port)
      start()
      return
    }
    ports.delete(port)
    if (!ports.size) stop()
  }
}

const scope = self as unknown as Port & {
  onconnect?: unknown
}
if ('onconnect' in self) {
  scope.onconnect = (event: MessageEvent) => {
    const port = event.ports[0]
    if (port) serve(port as unknown as Port)
  }
} else serve(scope)
