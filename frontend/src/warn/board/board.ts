/** The board of one alert in one region, kept fresh by the event stream. */
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { user, workspaceNow } from '@/api/session'
import type { Region } from '@/api/types'
import { tellDone, tellProblem } from '@/design/problem-text'
import { useResource } from '@/design/resource'
import { t } from '@/locale'
import { useLive } from '@/sense/live'
import { inside, isTown, partsOf, TOWN, VILLAGE } from './counting'
import type { Board, PostRow } from './shapes'

const EVERY = 10_000
const TOPICS = new Set(['answer', 'obligation', 'alert'])
/** The most posts the server lists at once. */
const MOST = 1000

export function useBoard(alert: Ref<string>, region: Ref<string>) {
  const board = useResource((signal) =>
    api.get<Board>(`/alerts/${alert.value}/board`, { region: region.value, size: MOST }, signal),
  )
  const live = useLive(board, { every: EVERY, wanted: ({ event }) => TOPICS.has(event) })
  watch([alert, region], () => {
    board.value.value = null
    void board.load()
  })
  const told = computed(() => board.value.value)

  /** Where the board begins: where one went, else the officer's own region or the alert's, the inner. */
  const place = computed(() => {
    const whole = told.value?.alert.region ?? ''
    const own = user.value?.region ?? ''
    return region.value || (whole && inside(own, whole) ? own : whole)
  })
  const below = useResource((signal) =>
    api.get<{ items: Region[] }>('/regions', { parent: place.value }, signal),
  )
  const here = useResource((signal) =>
    api.get<Region & { region?: Region }>(`/regions/${place.value}`, {}, signal),
  )
  watch(
    place,
    (code) => {
      if (!code) return
      void below.load()
      void here.load()
    },
    { immediate: true },
  )
  const title = computed(() => here.value.value?.name ?? here.value.value?.region?.name ?? '')
  const names = computed(
    () => new Map((below.value.value?.items ?? []).map(({ code, name }) => [code, name])),
  )
  const inTown = computed(() => isTown(place.value))
  const parts = computed(() =>
    partsOf(told.value?.by_place ?? [], inTown.value ? VILLAGE : TOWN, names.value),
  )

  const now = ref(workspaceNow())
  const clock = setInterval(() => (now.value = workspaceNow()), 1000)
  onScopeDispose(() => clearInterval(clock))

  const busy = ref(false)
  async function callSilent(): Promise<void> {
    if (busy.value || !place.value) return
    busy.value = true
    try {
      const { called } = await api.post<{ called: number }>(`/alerts/${alert.value}/calls/silent`, {
        region: place.value,
      })
      tellDone(t('已再叫 {n} 个没有应答的岗位', { n: called }))
      await board.load()
    } catch (failure) {
      tellProblem(failure)
    } finally {
      busy.value = false
    }
  }

  /** Takes down what somebody said to an officer. */
  async function answerFor(
    obligation: string,
    reply: string,
    way: string,
    text = '',
  ): Promise<boolean> {
    try {
      const { items } = await api.post<{ items: { obligation: string; problem: string }[] }>(
        `/alerts/${alert.value}/calls/answer`,
        { obligations: [obligation], reply, way, text },
      )
      const problem = items.find((one) => one.problem)?.problem
      if (problem) throw new Error(problem)
      tellDone(t('已代为记下'))
      await board.load()
      return true
    } catch (failure) {
      tellProblem(failure)
      return false
    }
  }
  return { board, told, live, now, busy, place, title, inTown, parts, callSilent, answerFor }
}

export type BoardHeld = ReturnType<typeof useBoard>
export type AnswerFor = BoardHeld['answerFor']
export const holderOf = (row: PostRow) => row.holders[0]?.name ?? ''
