/** Heights of rows in virtual lists: on phones a row is a card. */
import { onScopeDispose, ref, type Ref } from 'vue'

const narrow = matchMedia('(max-width: 760px)')

export function useRowHeight(
  card: number,
  extra = 8,
): { height: Ref<number>; cards: Ref<boolean> } {
  const cards = ref(narrow.matches)
  const height = ref(0)
  function measure(): void {
    cards.value = narrow.matches
    const row = getComputedStyle(document.documentElement).getPropertyValue('--row')
    height.value = narrow.matches ? card : (parseInt(row, 10) || 38) + extra
  }
  measure()
  narrow.addEventListener('change', measure)
  addEventListener('resize', measure)
  onScopeDispose(() => {
    narrow.removeEventListener('change', measure)
    removeEventListener('resize', measure)
  })
  return { height, cards }
}
