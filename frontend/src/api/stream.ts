/** The page's end of the stream worker. */
import { shallowRef } from 'vue'
import type { FromWorker, ToWorker } from './stream.worker'
import type { StreamEvent } from './work'

/** Whether the server answered at the last beat, and since when that is so. */
export const link = shallowRef<{ up: boolean; since: number }>({ up: true, since: Date.now() })
/** The stream is wanted and running. */
export const streaming = shallowRef(false)

type Listener = (event: StreamEvent) => void
const listeners = new Set<Listener>()
interface Line {
  postMessage: (message: ToWorker) => void
}
let line: Line | null = null

function take({ data: message }: MessageEvent<FromWorker>): void {
  if (message.type === 'link') {
    link.value = { up: message.up, since: message.since }
    return
  }
  try {
    const body = JSON.parse(message.frame.data) as Omit<StreamEvent, 'event'>
    listeners.forEach((listener) => listener({ ...body, event: message.frame.event }))
  } catch {
    // A frame that is no JSON is not ours to understand.
  }
}

function open(): Line {
  if (typeof SharedWorker === 'function') {
    const shared = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), {
      type: 'module',
    })
    shared.port.onmessage = take
    return shared.port
  }
  const own = new Worker(new URL('./stream.worker.ts', import.meta.url), { type: 'module' })
  own.onmessage = take
  return own
}

function startStream(): void {
  line ??= open()
  line.postMessage({ type: 'start' })
  streaming.value = true
}

/** Pages that need the stream now; it runs while any does. */
let holders = 0

/** Keeps the stream running until the returned function is called. */
export function holdStream(): () => void {
  holders += 1
  startStream()
  let held = true
  return () => {
    if (!held) return
    held = false
    holders -= 1
    if (!holders) stopStream()
  }
}

function stopStream(): void {
  line?.postMessage({ type: 'stop' })
  streaming.value = false
  link.value = { up: true, since: Date.now() }
}

/** Calls back for every event until the returned function is called. */
export function onStream(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

// A closed tab must not keep the shared worker's stream open for nobody.
addEventListener('pagehide', () => line?.postMessage({ type: 'stop' }))
addEventListener('pageshow', () => {
  if (streaming.value) line?.postMessage({ type: 'start' })
})
