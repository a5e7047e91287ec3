/** The places of a declaration that the form offers; all others stay as they were written. */
import { msg } from '@/locale'
import type { Cell } from '@/api/types'
import type { Fields } from './shapes'

export interface Ask {
  path: string
  label: string
  kind?: 'text' | 'number' | 'choice' | 'table' | 'list'
  choices?: string[]
  placeholder?: string
  help?: string
  wide?: boolean
  /** Asked only of a source of this; of both without it. */
  of?: Brings
}

export interface Section {
  title: string
  asks: Ask[]
  of?: Brings
}

/** What a source brings: values of gauges, or departments' warnings. */
export type Brings = 'observations' | 'warnings'

const SPAN = '5min'

export const SECTIONS: Section[] = [
  {
    title: msg('谁的平台'),
    asks: [
      { path: 'title', label: msg('名称'), wide: true },
      { path: 'region', label: msg('区划代码'), help: msg('归哪里管，谁能看、能改按它判断') },
      { path: 'owner.unit', label: msg('主管单位') },
      { path: 'owner.person', label: msg('联系人') },
      { path: 'owner.phone', label: msg('电话') },
      { path: 'note', label: msg('备注'), wide: true },
    ],
  },
  {
    title: msg('取预警'),
    of: 'warnings',
    asks: [
      {
        path: 'warnings.hosts',
        label: msg('报文还放在哪些主机'),
        kind: 'list',
        placeholder: 'files.example.gov.cn',
        help: msg('主机名，逗号隔开，不写 http://；源自己的主机不用写，别处的不去取'),
        wide: true,
      },
      {
        path: 'warnings.largest_kb',
        label: msg('一份报文最大多少 KB'),
        kind: 'number',
        placeholder: '512',
      },
    ],
  },
  {
    title: msg('只许写哪些监测项'),
    of: 'observations',
    asks: [
      {
        path: 'scope.units',
        label: msg('这些单位的'),
        kind: 'list',
        placeholder: 'SLJ',
        help: msg('单位编码，逗号隔开；不填不限，总在上面的区划之内'),
      },
      {
        path: 'scope.gateways',
        label: msg('这些网关的'),
        kind: 'list',
        placeholder: 'GW-01, GW-02',
        help: msg('网关编码，逗号隔开；不填不限'),
      },
      {
        path: 'scope.streams',
        label: msg('这些监测项'),
        kind: 'list',
        placeholder: '339901-SW*, 339901-YL*',
        help: msg('监测项编码，逗号隔开，* 代表任意；不填不限'),
      },
    ],
  },
  {
    title: msg('多久取一次'),
    asks: [
      { path: 'schedule.every', label: msg('间隔'), placeholder: SPAN },
      {
        path: 'schedule.stale_after',
        label: msg('多久没有新值算陈旧'),
        placeholder: '20min',
        of: 'observations',
      },
      {
        path: 'schedule.stale_after',
        label: msg('多久没有取成算陈旧'),
        placeholder: '10min',
        of: 'warnings',
      },
      {
        path: 'schedule.late_after',
        label: msg('多旧的值算补采'),
        placeholder: '15min',
        of: 'observations',
      },
      { path: 'schedule.timeout', label: msg('等多久'), placeholder: '20s' },
      { path: 'schedule.per_minute', label: msg('每分钟最多请求'), kind: 'number' },
    ],
  },
  {
    title: msg('怎么请求'),
    asks: [
      { path: 'request.url', label: msg('地址'), placeholder: 'https://…', wide: true },
      { path: 'request.method', label: msg('方法'), kind: 'choice', choices: ['GET', 'POST'] },
      {
        path: 'request.query',
        label: msg('查询参数'),
        kind: 'table',
        help: msg('可用 {from} {to} {page} {size}'),
        of: 'observations',
      },
      { path: 'request.query', label: msg('查询参数'), kind: 'table', of: 'warnings' },
      { path: 'request.headers', label: msg('请求头'), kind: 'table' },
    ],
  },
  {
    title: msg('怎么登录'),
    asks: [
      {
        path: 'auth.kind',
        label: msg('方式'),
        kind: 'choice',
        choices: ['none', 'basic', 'token', 'login'],
      },
      { path: 'auth.username', label: msg('用户名') },
      {
        path: 'auth.secret',
        label: msg('密码放在哪'),
        placeholder: 'file:water-bureau',
        help: msg('密码在下面另存，配置里只写名字'),
      },
      { path: 'auth.request.url', label: msg('登录地址'), wide: true },
      { path: 'auth.token', label: msg('令牌在回答的哪里'), placeholder: 'data.token' },
      { path: 'auth.expires_in', label: msg('有效期在哪里'), placeholder: 'data.expires' },
    ],
  },
  {
    title: msg('签名（平台要求才填）'),
    asks: [
      {
        path: 'sign.algorithm',
        label: msg('算法'),
        kind: 'choice',
        choices: ['hmac-sm3', 'hmac-sha256', 'hmac-md5', 'sm3', 'sha256', 'md5'],
      },
      { path: 'sign.secret', label: msg('签名的密钥放在哪'), placeholder: 'file:water-bureau-key' },
      {
        path: 'sign.text',
        label: msg('签什么'),
        placeholder: '{method}\\n{path}\\n{query_sorted}\\n{timestamp_ms}',
        wide: true,
      },
      {
        path: 'sign.headers',
        label: msg('放进请求头'),
        kind: 'table',
        help: msg('如 X-Sign = {signature}'),
      },
    ],
  },
  {
    title: msg('分页与时段'),
    of: 'observations',
    asks: [
      {
        path: 'paging.kind',
        label: msg('分页'),
        kind: 'choice',
        choices: ['none', 'page', 'offset', 'cursor', 'next'],
      },
      { path: 'paging.size', label: msg('每页'), kind: 'number' },
      {
        path: 'paging.end',
        label: msg('何时翻完'),
        kind: 'choice',
        choices: ['empty', 'short', 'total', 'flag'],
      },
      { path: 'paging.total', label: msg('总数在哪里'), placeholder: 'data.total' },
      { path: 'window.format', label: msg('时间写法'), placeholder: '%Y-%m-%d %H:%M:%S' },
      { path: 'window.first', label: msg('第一次往前取'), placeholder: '1d' },
      { path: 'window.overlap', label: msg('每次多取'), placeholder: '1h' },
      { path: 'window.chunk', label: msg('补采每段'), placeholder: '6h' },
    ],
  },
  {
    title: msg('怎么读回答'),
    of: 'observations',
    asks: [
      {
        path: 'form.kind',
        label: msg('格式'),
        kind: 'choice',
        choices: ['json', 'ndjson', 'csv', 'xml'],
      },
      {
        path: 'form.charset',
        label: msg('字符集'),
        kind: 'choice',
        choices: ['auto', 'utf-8', 'gb18030'],
      },
      { path: 'mapping.records', label: msg('记录在哪里'), placeholder: 'data.list' },
      { path: 'mapping.station.path', label: msg('测站编码'), placeholder: 'STCD' },
      { path: 'mapping.station.width', label: msg('补足几位'), kind: 'number' },
      {
        path: 'mapping.station.map',
        label: msg('站码对照'),
        kind: 'table',
        help: msg('对方的编码 = 我们的编码，一行一个'),
      },
      {
        path: 'mapping.station.unmapped',
        label: msg('对照不到的'),
        kind: 'choice',
        choices: ['keep', 'reject', 'ignore'],
      },
      { path: 'mapping.time.path', label: msg('时间'), placeholder: 'TM' },
      { path: 'mapping.time.format', label: msg('时间写法'), placeholder: '%Y-%m-%d %H:%M:%S' },
      { path: 'mapping.time.zone', label: msg('时区'), placeholder: 'Asia/Shanghai' },
    ],
  },
]

/** The sections, and in them the asks, that a source of this has. */
export const asked = (brings: Brings): Section[] =>
  SECTIONS.filter(({ of }) => !of || of === brings).map((section) => ({
    ...section,
    asks: section.asks.filter(({ of }) => !of || of === brings),
  }))

/** What only a source of observations says; a feed of warnings that says it is refused. */
const OBSERVED = ['mapping', 'form', 'window', 'paging', 'each', 'scope']

/** How the example of a new source asks: a platform's business, and no feed asks that way. */
const EXAMPLE = ['auth', 'sign', 'answer']

export const brought = (fields: Fields): Brings =>
  'warnings' in fields ? 'warnings' : 'observations'

/** The same source bringing the other thing, and what it loses by it; `fresh`: it is the example. */
export function turned(
  fields: Fields,
  to: Brings,
  fresh = false,
): { fields: Fields; lost: Fields } {
  const observed = fresh ? [...OBSERVED, ...EXAMPLE, 'request', 'schedule'] : OBSERVED
  const gone = (name: string) => (to === 'warnings' ? observed.includes(name) : name === 'warnings')
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => gone(name) === wanted))
  const kept = part(false)
  return { fields: to === 'warnings' ? { warnings: {}, ...kept } : kept, lost: part(true) }
}

/** A list as one line, and the line as a list of texts; an empty line is no list at all. */
export const listed = (held: Cell | undefined): string =>
  Array.isArray(held) ? held.map(String).join(', ') : ''
export function unlisted(typed: string): string[] | undefined {
  const codes = typed
    .split(/[,，、;；\s]+/)
    .map((one) => one.trim())
    .filter(Boolean)
  return codes.length ? [...new Set(codes)] : undefined
}
