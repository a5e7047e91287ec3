/** How many lines a card of the wall holds: measured, as titles wrap and banners take room. */
import { nextTick, ref, watch } from 'vue'
import type { Ref } from 'vue'

/** Lines asked for at first: smaller than can be read from eight metres nothing is. */
const MOST = 20

/** Give how many of `rows` a card shows without cutting any off; it is measured before painting. */
export function useFit(card: Readonly<Ref<HTMLElement | null>>, rows: Ref<readonly unknown[]>) {
  const fits = ref(MOST)
  let turn = 0
  async function measure(): Promise<void> {
    const mine = ++turn
    fits.value = Math.min(rows.value.length, MOST)
    await nextTick()
    while (mine === turn && card.value && fits.value > 1 && cut(card.value)) {
      fits.value -= 1
      await nextTick()
    }
  }
  watch(rows, measure)
  watch(card, (held, _, onCleanup) => {
    void measure()
    if (!held || typeof ResizeObserver === 'undefined') return
    let height = 0
    const sized = new ResizeObserver(([entry]) => {
      // The card's own height is given by the page, not by what it lists.
      if (!entry || entry.contentRect.height === height) return
      height = entry.contentRect.height
      void measure()
    })
    sized.observe(held)
    onCleanup(() => sized.disconnect())
  })
  return fits
}

const cut = (card: HTMLElement): boolean => card.scrollHeight > card.clientHeight
