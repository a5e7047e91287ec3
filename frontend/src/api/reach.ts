/** Whether the server answers at all; while it does not, it is asked until it does again. */
import { shallowRef } from 'vue'

const EVERY = 3000
/** What a gateway says for a server that is not there. */
const GATEWAY = [502, 504]

/** Since when nothing answers, epoch milliseconds; 0 while the server answers. */
export const silentSince = shallowRef(0)
const waiting = new Set<() => void>()
let asking: number | undefined

/** Does something once the server answers again, until the returned function is called. */
export function whenBack(act: () => void): () => void {
  waiting.add(act)
  return () => waiting.delete(act)
}

function tell(): void {
  silentSince.value = 0
  asking = undefined
  const all = [...waiting]
  waiting.clear()
  all.forEach((act) => act())
}

/** An answer came: whoever waited for one asks again. */
export function noteAnswer(status: number): void {
  if (!silentSince.value || GATEWAY.includes(status)) return
  clearTimeout(asking)
  tell()
}

/** No answer came: the server is asked itself, for one request may fail for reasons of its own. */
export function noteSilence(): void {
  asking ??= window.setTimeout(() => void probe(Date.now()))
}

async function probe(since: number): Promise<void> {
  const status = await fetch('/healthz', { cache: 'no-store' }).then(
    (answer) => answer.status,
    () => 0,
  )
  if (status && !GATEWAY.includes(status)) {
    // It was there all the time: one way to it is broken, and is not tried without a pause.
    asking = window.setTimeout(tell, silentSince.value ? 0 : EVERY)
    return
  }
  silentSince.value ||= since
  asking = window.setTimeout(() => void probe(since), EVERY)
}

addEventListener('offline', noteSilence)
addEventListener('online', () => {
  if (!asking) return
  clearTimeout(asking)
  asking = window.setTimeout(() => void probe(silentSince.value || Date.now()))
})
