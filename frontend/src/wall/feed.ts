/** Keeps a wall fed: asks when the stream says something happened, and every few seconds anyway. */
import { onUnmounted, ref, shallowRef } from 'vue'
import { sseReader } from '@/api/sse'
import { language } from '@/locale'
import type { RealTold } from '@/shell/real-alarms'
import type { Wall } from './shapes'

const STORED = 'anlan.wall'
/** Asked at least so often, and never sooner after the last answer. */
const EVERY = 10_000
const REST = 2_000
/** No answer for so long is a lost connection. */
const PATIENCE = 25_000

/** The key comes behind the #, which no server and no log ever sees; the address forgets it. */
function keyOfScreen(): string {
  const given = decodeURIComponent(location.hash.slice(1))
  if (given.startsWith('anlan_wall_')) {
    sessionStorage.setItem(STORED, given)
    history.replaceState(history.state, '', location.pathname + location.search)
  }
  return sessionStorage.getItem(STORED) ?? ''
}

export function useFeed() {
  const key = keyOfScreen()
  const wall = shallowRef<Wall | null>(null)
  const real = shallowRef<RealTold | null>(null)
  const refused = ref('')
  const lost = ref(false)
  const answeredAt = ref(Date.now())
  const control = new AbortController()
  let timer = 0
  let asking = false

  const headers = (): Record<string, string> => ({
    'Accept-Language': language.value,
    ...(key ? { Authorization: `Bearer ${key}` } : {}),
  })

  async function ask(): Promise<void> {
    if (asking || control.signal.aborted) return
    asking = true
    try {
      const response = await fetch('/api/v1/wall' + location.search, {
        headers: headers(),
        signal: AbortSignal.any([control.signal, AbortSignal.timeout(PATIENCE)]),
        cache: 'no-store',
      })
      if (response.ok) {
        wall.value = (await response.json()) as Wall
        refused.value = ''
        answeredAt.value = Date.now()
        lost.value = false
        if (wall.value.workspace.kind === 'exercise') await askReal()
      } else if (response.status === 401 || response.status === 403) {
        const told = (await response.json()) as { detail?: string }
        refused.value = told.detail ?? String(response.status)
        wall.value = null
      }
    } catch {
      // Told below: a wall that hears nothing says so.
    } finally {
      asking = false
      if (!refused.value && Date.now() - answeredAt.value > EVERY) lost.value = true
      soon(EVERY)
    }
  }

  /** What is really the matter while a drill is shown; what was told last stays. */
  async function askReal(): Promise<void> {
    const response = await fetch('/api/v1/exercises/real-alarms', {
      headers: headers(),
      signal: AbortSignal.any([control.signal, AbortSignal.timeout(PATIENCE)]),
      cache: 'no-store',
    })
    if (response.ok) real.value = (await response.json()) as RealTold
  }

  function soon(ms: number): void {
    clearTimeout(timer)
    if (!control.signal.aborted) timer = window.setTimeout(() => void ask(), ms)
  }

  async function listen(): Promise<void> {
    const response = await fetch('/api/v1/stream', {
      headers: { ...headers(), Accept: 'text/event-stream' },
      signal: control.signal,
    })
    if (!response.ok || !response.body) return
    const reader = sseReader(
      () => soon(REST),
      () => undefined,
    )
    const bytes = response.body.getReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await bytes.read()
      if (done) return
      reader.push(decoder.decode(value, { stream: true }))
    }
  }

  // Where the stream ends the question every few seconds remains.
  listen().catch(() => undefined)
  void ask()
  onUnmounted(() => {
    clearTimeout(timer)
    control.abort()
  })
  return { wall, real, refused, lost, answeredAt }
}
