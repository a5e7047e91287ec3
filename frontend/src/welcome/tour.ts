/** 看一遍: eight stops along the way of one night, each on its own page, at one's own pace. */
import { computed, ref } from 'vue'
import { mayDo } from '@/api/meta'
import { msg } from '@/locale'
import { mayOpen } from '@/shell/places'

export interface Stop {
  path: string
  title: string
  text: string
  /** One thing to try there. */
  deed: string
  /** Without this right the page says no. */
  needs?: string
}

const STOPS: Stop[] = [
  {
    path: '/',
    title: msg('值班台：一张图'),
    text: msg('海岸、河流、乡镇、避灾场所、队伍、报警都在一张图上。底图由服务器自己画，断网也在。'),
    deed: msg('在地图上点一下，看那里有什么。'),
  },
  {
    path: '/alarms',
    title: msg('报警台'),
    text: msg('仪器读数越过限值就报警。值班员先确认，再定性：真的、误报，还是仪器坏了。'),
    deed: msg('按 J、K 上下移动，看一件报警的曲线和它越过的限值。'),
  },
  {
    path: '/warn/inbox',
    title: msg('预警收件：等着转的'),
    text: msg('气象、水利、海洋部门的预警原样收下，文字一字不改。值班员核验后转给该知道的岗位。'),
    deed: msg('选一件，按 Enter 看发布前核验：多少人、多少岗位，叫到最后一个要多久。'),
  },
  {
    path: '/warn/board',
    title: msg('叫应看板'),
    text: msg('转出去不算完：每个岗位都要应。不应的自动再找本人、B 岗、上一级，直到有人应。'),
    deed: msg('打开一块看板，看哪个乡镇、哪个村还没有应，电话是多少。'),
  },
  {
    path: '/respond',
    title: msg('应急响应和回放'),
    text: msg('响应按预案启动，每一步当场成为一个岗位的事项。发生过的都留着，任一分钟都能回放。'),
    deed: msg('打开一次响应，再打开「回放」，把滑块拖到较早的一分钟。'),
  },
  {
    path: '/evacuations',
    title: msg('人员转移：应转、已转、未转'),
    text: msg(
      '名单从住户台账来，安置场所不会超员。应转 = 集中安置 + 投亲靠友 + 未转，差一个也看得见。',
    ),
    deed: msg('打开一个批次，找出还没有转的户。'),
  },
  {
    path: '/wall',
    needs: 'wall.view',
    title: msg('指挥大屏'),
    text: msg(
      '十个数字，各有来源、截至时间和变化；旧的变灰，不知道的不写成 0。它自己翻页，不用人点。',
    ),
    deed: msg('按空格停住，按左右键翻页。'),
  },
  {
    path: '/registers/shelters',
    title: msg('台账和 Excel'),
    text: msg(
      '平时用的台账就是灾时用的。导出 Excel，改几格，再导入：先列出哪一行哪一列错了，点写入才写。',
    ),
    deed: msg('点开一行，看「历史」：谁在什么时候改了什么。'),
  },
]

const KEY = 'anlan.tour'

function stored(): number {
  try {
    return Number(sessionStorage.getItem(KEY) ?? -1)
  } catch {
    return -1
  }
}

/** The stops this user may go to. */
export const stops = computed(() =>
  STOPS.filter(({ path, needs }) => mayOpen(path) && (!needs || mayDo(needs))),
)
const place = ref(stored())
export const touring = computed(() => place.value >= 0 && place.value < stops.value.length)
export const at = computed(() => place.value)

export function goTo(next: number): void {
  place.value = next
  try {
    sessionStorage.setItem(KEY, String(next))
  } catch {
    // The tour then ends with this page.
  }
}
export const endTour = () => goTo(-1)
