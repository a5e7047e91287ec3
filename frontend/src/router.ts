import { createRouter, createWebHistory, type RouteLocation, type RouteRecordRaw } from 'vue-router'
import { loadMeta } from '@/api/meta'
import { loadSession, session, user } from '@/api/session'
import { caseRoutes } from '@/cases/routes'
import { dutyRoutes } from '@/duty/routes'
import { evacuationRoutes } from '@/evacuation/routes'
import { forecastRoutes } from '@/forecast/routes'
import { formRoutes } from '@/forms/routes'
import { incidentRoutes } from '@/incidents/routes'
import { learnRoutes } from '@/learn/routes'
import { msg } from '@/locale'
import { planRoutes } from '@/plans/routes'
import { reliefRoutes } from '@/relief/routes'
import { respondRoutes } from '@/respond/routes'
import { warningsWait } from '@/shell/alert-count'
import { home } from '@/shell/places'
import { welcomeRoutes } from '@/welcome/routes'

const page = (title: string, extra: Record<string, unknown> = {}) => ({ title, ...extra })

/** What draws the map is larger than everything else: it comes beside its page, not after it. */
const fetchCanvas = () =>
  'WebGL2RenderingContext' in window ? import('@/map/MapCanvas.vue') : undefined

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    component: () => import('@/pages/LoginPage.vue'),
    meta: page(msg('登录'), { open: true }),
  },
  {
    path: '/wall',
    component: () => import('@/wall/WallPage.vue'),
    meta: page(msg('指挥大屏'), { wall: true }),
  },
  {
    path: '/map',
    alias: '/',
    component: () => import('@/map/MapPage.vue'),
    meta: page(msg('一张图'), { bare: true, ahead: fetchCanvas }),
  },
  {
    path: '/registers/:key',
    component: () => import('@/register/RegisterPage.vue'),
    meta: page(msg('台账')),
  },
  {
    path: '/registers/:key/new',
    component: () => import('@/register/FormPage.vue'),
    meta: page(msg('新增')),
  },
  {
    path: '/registers/:key/:id',
    component: () => import('@/register/DetailPage.vue'),
    meta: page(msg('详情')),
  },
  {
    path: '/registers/:key/:id/edit',
    component: () => import('@/register/FormPage.vue'),
    meta: page(msg('修改')),
  },
  {
    path: '/obligations',
    component: () => import('@/pages/ObligationsPage.vue'),
    meta: page(msg('我的事项')),
  },
  {
    path: '/obligations/:id',
    component: () => import('@/pages/ObligationPage.vue'),
    meta: page(msg('事项')),
  },
  {
    path: '/notices',
    component: () => import('@/pages/NoticesPage.vue'),
    meta: page(msg('通知中心')),
  },
  {
    path: '/notices/new',
    component: () => import('@/pages/NoticeWritePage.vue'),
    meta: page(msg('发通知')),
  },
  {
    path: '/notices/:id',
    component: () => import('@/pages/NoticePage.vue'),
    meta: page(msg('通知')),
  },
  {
    path: '/directory',
    component: () => import('@/pages/DirectoryPage.vue'),
    meta: page(msg('通讯录')),
  },
  { path: '/duty', component: () => import('@/pages/DutyPage.vue'), meta: page(msg('值班表')) },
  {
    path: '/exposure',
    component: () => import('@/pages/ExposurePage.vue'),
    meta: page(msg('受影响人口')),
  },
  {
    path: '/alarms',
    component: () => import('@/sense/alarms/AlarmDeskPage.vue'),
    meta: page(msg('报警台')),
  },
  {
    path: '/sense/map',
    component: () => import('@/sense/stations/StationMapPage.vue'),
    meta: page(msg('监测一张图'), { bare: true }),
  },
  {
    path: '/sense/latest',
    component: () => import('@/sense/stations/LatestPage.vue'),
    meta: page(msg('实时数据')),
  },
  {
    path: '/sense/compare',
    component: () => import('@/sense/stations/ComparePage.vue'),
    meta: page(msg('曲线对照')),
  },
  {
    path: '/sense/stations/:id',
    component: () => import('@/sense/stations/StationPage.vue'),
    meta: page(msg('测站')),
  },
  {
    path: '/sense/rules',
    component: () => import('@/sense/rules/RulesPage.vue'),
    meta: page(msg('报警规则')),
  },
  {
    path: '/sense/rules/:id',
    component: () => import('@/sense/rules/RulePage.vue'),
    meta: page(msg('报警规则')),
  },
  {
    path: '/sense/quality',
    component: () => import('@/sense/quality/QualityPage.vue'),
    meta: page(msg('数据质量')),
  },
  {
    path: '/sense/sources',
    component: () => import('@/sense/sources/SourcesPage.vue'),
    meta: page(msg('接入来源')),
  },
  {
    path: '/sense/sources/:id',
    component: () => import('@/sense/sources/SourcePage.vue'),
    meta: page(msg('接入来源')),
  },
  {
    path: '/sense/keys',
    component: () => import('@/sense/sources/KeysPage.vue'),
    meta: page(msg('设备密钥')),
  },
  {
    path: '/sense/maintenance',
    component: () => import('@/sense/quality/MaintenancePage.vue'),
    meta: page(msg('检修登记')),
  },
  {
    path: '/sense/backfill',
    component: () => import('@/sense/backfill/BackfillPage.vue'),
    meta: page(msg('补录')),
  },
  {
    path: '/warn/inbox',
    component: () => import('@/warn/inbox/InboxPage.vue'),
    meta: page(msg('预警收件')),
  },
  {
    path: '/warn/paste',
    component: () => import('@/warn/inbox/PastePage.vue'),
    meta: page(msg('粘贴录入')),
  },
  {
    path: '/warn/refused',
    component: () => import('@/warn/inbox/RefusedPage.vue'),
    meta: page(msg('读不懂的报文')),
  },
  {
    path: '/warn/new',
    component: () => import('@/warn/compose/ComposePage.vue'),
    meta: page(msg('起草预警')),
  },
  {
    path: '/warn/queue',
    component: () => import('@/warn/queue/QueuePage.vue'),
    meta: page(msg('起草审签')),
  },
  {
    path: '/warn/orders',
    component: () => import('@/warn/queue/OrdersPage.vue'),
    meta: page(msg('预置授权')),
  },
  {
    path: '/warn/alerts',
    component: () => import('@/warn/force/AlertsPage.vue'),
    meta: page(msg('生效预警')),
  },
  {
    path: '/warn/alerts/:id',
    component: () => import('@/warn/force/AlertPage.vue'),
    meta: page(msg('预警')),
  },
  {
    path: '/warn/alerts/:id/edit',
    component: () => import('@/warn/compose/ComposePage.vue'),
    meta: page(msg('修改草稿')),
  },
  {
    path: '/warn/board',
    component: () => import('@/warn/board/BoardsPage.vue'),
    meta: page(msg('叫应看板')),
  },
  {
    path: '/warn/board/:id',
    component: () => import('@/warn/board/BoardPage.vue'),
    meta: page(msg('叫应看板')),
  },
  {
    path: '/warn/sheet',
    component: () => import('@/warn/board/SheetPage.vue'),
    meta: page(msg('人工叫应单')),
  },
  {
    path: '/warn/messages',
    component: () => import('@/warn/comms/LedgerPage.vue'),
    meta: page(msg('送达台账')),
  },
  {
    path: '/warn/replies',
    component: () => import('@/warn/comms/RepliesPage.vue'),
    meta: page(msg('看不准的答复')),
  },
  {
    path: '/warn/gaps',
    component: () => import('@/warn/comms/GapsPage.vue'),
    meta: page(msg('叫不到的岗位')),
  },
  {
    path: '/warn/channels',
    component: () => import('@/warn/comms/ChannelsPage.vue'),
    meta: page(msg('渠道状态')),
  },
  {
    path: '/warn/readiness',
    component: () => import('@/warn/comms/ReadinessPage.vue'),
    meta: page(msg('畅通测试')),
  },
  {
    path: '/warn/coverage',
    component: () => import('@/warn/coverage/CoveragePage.vue'),
    meta: page(msg('入户覆盖')),
  },
  ...forecastRoutes,
  ...evacuationRoutes,
  ...planRoutes,
  ...reliefRoutes,
  ...respondRoutes,
  ...formRoutes,
  ...incidentRoutes,
  ...caseRoutes,
  ...dutyRoutes,
  ...learnRoutes,
  ...welcomeRoutes,
  {
    path: '/stuck',
    component: () => import('@/pages/StuckPage.vue'),
    meta: page(msg('卡住的事')),
  },
  {
    path: '/journal',
    component: () => import('@/pages/JournalPage.vue'),
    meta: page(msg('留痕')),
  },
  {
    path: '/accounts',
    component: () => import('@/pages/AccountsPage.vue'),
    meta: page(msg('用户与权限')),
  },
  {
    path: '/status',
    component: () => import('@/pages/StatusPage.vue'),
    meta: page(msg('系统状态')),
  },
  { path: '/me', component: () => import('@/pages/MePage.vue'), meta: page(msg('我的账号')) },
  {
    path: '/:rest(.*)*',
    component: () => import('@/pages/LostPage.vue'),
    meta: page(msg('没有这个页面')),
  },
]

export const router = createRouter({ history: createWebHistory(), routes })

/** Where a login should lead back to; never off this site. */
export function landing(raw: unknown): string {
  return typeof raw === 'string' && /^\/(?![/\\])/.test(raw) ? raw : '/'
}

type Load = () => Promise<unknown> | undefined
/** Begins to fetch; a file that does not come is told of when it is needed. */
const begin = (load: unknown) =>
  typeof load === 'function' && void (load as Load)()?.catch(() => undefined)

/** A page's own files come while the server is asked who wants it: neither waits for the other. */
function fetchFiles(to: RouteLocation): void {
  to.matched.forEach(({ components }) => Object.values(components ?? {}).forEach(begin))
}

const isSomebodyElse = (name: unknown) => Boolean(name) && name !== user.value?.username

router.beforeEach(async (to, from) => {
  fetchFiles(to)
  if (!session.value) await loadSession()
  // A wall shows nothing of its own: whoever has neither a key nor a login is told so there.
  if (to.meta.wall) return true
  const isIn = user.value !== null && !user.value.must_change_password
  // A link that shows an exercise as somebody else sees it changes who is logged in there.
  if (to.meta.open) return isIn && !isSomebodyElse(to.query.as) ? '/' : true
  if (!isIn) {
    return { path: '/login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  }
  begin(to.meta.ahead)
  await loadMeta()
  if (to.path !== '/') return true
  // A night on which warnings wait to be passed on begins with them, not with the map.
  if (from.path === '/login' && (await warningsWait())) return '/warn/inbox'
  // The map is nobody's dead end: who has none begins elsewhere.
  return home() !== '/' ? home() : true
})
