/**
 * A page shows itself when its first answers are here: pieces that come one by one push each other
 * about under the reader's hand. Whatever takes longer is waited for in sight, with its outline.
 */
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { wire } from '@/api/client'

const MOST_MS = 700
const LOOK_MS = 30
/** An answer often leads to the next question; nobody asks for this many looks. */
const STILL = 2

export function useSettling(place: () => string): Ref<boolean> {
  const settling = ref(true)
  let timer = 0
  let since = 0
  let still = 0

  function look(): void {
    still = wire.asking ? 0 : still + 1
    settling.value = still < STILL && performance.now() - since < MOST_MS
    if (settling.value) timer = window.setTimeout(look, LOOK_MS)
  }
  watch(
    place,
    () => {
      window.clearTimeout(timer)
      settling.value = true
      since = performance.now()
      still = 0
      timer = window.setTimeout(look, LOOK_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => window.clearTimeout(timer))
  return settling
}
