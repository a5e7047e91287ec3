/** A list that keeps itself fresh: by the event stream where there is one, by asking again anyway. */
import { computed, onScopeDispose, ref } from 'vue'
import { holdStream, onStream } from '@/api/stream'
import type { Resource } from '@/design/resource'
import type { StreamEvent } from '@/api/work'

/** No fresh answer for so long, and the page says that it stands still. */
const PATIENCE = 45_000

export interface Live {
  /** When the last answer came, in this machine's milliseconds. */
  heardAt: () => number
  /** For how many milliseconds there has been no answer, once that is too long; else 0. */
  standsFor: Readonly<{ value: number }>
}

/**
 * Asks again every `every` milliseconds while the page is looked at, and soon after events that
 * `wanted` picks; a burst of events asks once.
 */
export function useLive<T>(
  resource: Resource<T>,
  { every, wanted }: { every: number; wanted?: (event: StreamEvent) => boolean },
): Live {
  const heard = ref(performance.now())
  const tick = ref(performance.now())
  let soon = 0
  let took = 0

  async function ask(): Promise<void> {
    const began = performance.now()
    await resource.load()
    took = performance.now() - began
    if (!resource.error.value) heard.value = performance.now()
  }
  const timer = setInterval(
    () => {
      tick.value = performance.now()
      if (document.visibilityState === 'visible' && tick.value - heard.value >= every) void ask()
    },
    Math.min(every, 5000),
  )
  const release = wanted ? holdStream() : () => undefined
  const forget = wanted
    ? onStream((event) => {
        if (!wanted(event) || soon) return
        // In a storm the answers are long: asking takes a third of the time at most.
        soon = window.setTimeout(
          () => {
            soon = 0
            void ask()
          },
          300 + took * 2,
        )
      })
    : () => undefined
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(soon)
    forget()
    release()
  })
  void ask()
  return {
    heardAt: () => heard.value,
    standsFor: computed(() => {
      const still = tick.value - heard.value
      return still > Math.max(PATIENCE, every * 2.5) ? still : 0
    }),
  }
}
