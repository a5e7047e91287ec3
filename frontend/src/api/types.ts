/** Shapes of `/api/v1`. Times are RFC 3339 strings, ids 26-character strings, null is "not known". */

export type Cell = string | number | boolean | null | CellList | CellObject
export type CellList = Cell[]
export interface CellObject {
  [key: string]: Cell
}

export interface Role {
  role: string
  title: string
  title_en: string
  region: string
  region_name: string
}

export interface User {
  id: string
  username: string
  name: string
  roles: Role[]
  region: string
  region_name: string
  must_change_password: boolean
  totp: boolean
}

export interface Clock {
  now: string
  speed: number
  mode: string
}

export type WorkspaceKind = 'demo' | 'live' | 'exercise'

export interface Workspace {
  name: string
  kind: WorkspaceKind
  title: string
  title_en: string
  clock: Clock
}

export interface DemoUser {
  username: string
  password: string
  name: string
  title: string
  title_en: string
  region_name: string
}

export interface Session {
  user: User | null
  workspace: Workspace
  demo_users: DemoUser[]
  csrf: string
  version: string
  languages: string[]
}

export interface Choice {
  value: string
  label: string
  label_en: string
  color?: string | null
  /** V verified, S from a source document, M from memory, M? from memory and unsure. */
  confidence?: string | null
}

export type ColumnType =
  | 'text'
  | 'longtext'
  | 'int'
  | 'float'
  | 'bool'
  | 'choice'
  | 'choices'
  | 'date'
  | 'datetime'
  | 'region'
  | 'ref'
  | 'phone'
  | 'phones'
  | 'geometry'
  | 'json'

export interface Column {
  name: string
  label: string
  label_en: string
  type: ColumnType
  required: boolean
  readonly: boolean
  unit?: string | null
  help?: string | null
  help_en?: string | null
  choices?: Choice[] | null
  codes?: string | null
  ref?: string | null
  masked?: boolean
  computed?: boolean
  filter?: boolean
  sortable?: boolean
  max_length?: number | null
  min?: number | null
  max?: number | null
}

export type Geometry = 'point' | 'line' | 'area'

export interface RegisterRights {
  view: boolean
  create: boolean
  edit: boolean
  retire: boolean
  import: boolean
  export: boolean
  unmask: boolean
}

export interface Register {
  key: string
  title: string
  title_en: string
  icon: string
  domain: string
  domain_title: string
  domain_title_en: string
  geometry: Geometry | null
  listed: string[]
  searched: string[]
  key_columns: string[]
  columns: Column[]
  rights: RegisterRights
  review_months: number | null
  source: string
  /** The column that names a row. */
  label?: string
  order: number
}

export interface Layer {
  key: string
  title: string
  title_en: string
  group: string
  geometry: Geometry
  source: string
  url: string
  minzoom: number
  maxzoom: number
  icon: string
  register: string | null
  visible: boolean
}

export interface RasterSource {
  key: string
  title: string
  title_en?: string
  url: string
  attribution?: string
  tile_size?: number
  maxzoom?: number
}

export interface Basemap {
  layers?: string[]
  bounds?: [number, number, number, number] | null
  center?: [number, number] | null
  attribution?: string
  raster?: RasterSource[]
}

export interface CodeTable {
  title: string
  title_en: string
  rows: Choice[]
}

export interface LifecycleState {
  state: string
  label: string
  label_en: string
  color?: string | null
  to: string[]
}

export interface ObligationKind {
  key: string
  title: string
  title_en: string
}

export interface QuantityTitle {
  key: string
  title: string
  title_en: string
  unit: string
  decimals: number
  kind: string
}

export interface Meta {
  registers: Register[]
  layers: Layer[]
  basemap: Basemap
  codes: Record<string, CodeTable>
  lifecycles: Record<string, LifecycleState[]>
  rights: string[]
  regions: { root: { code: string; name: string; level: number | string } | null }
  obligation_kinds: ObligationKind[]
  /** What can be measured. */
  quantities?: QuantityTitle[]
}

export interface Row {
  id: string
  version: number
  region?: string | null
  region_name?: string | null
  [column: string]: Cell | undefined
}

export interface RowDetail extends Omit<Row, 'rights' | 'masked'> {
  lon?: number | null
  lat?: number | null
  created_at?: string | null
  changed_at?: string | null
  changed_by?: string | null
  changed_by_name?: string | null
  reviewed_at?: string | null
  retired_at?: string | null
  rights?: { edit: boolean; retire: boolean; unmask: boolean }
  masked?: string[]
}

export interface Page<T> {
  items: T[]
  total: number
  page: number
  size: number
  as_of?: string
}

export interface Change {
  column: string
  label: string
  label_en: string
  old: Cell
  new: Cell
}

export interface HistoryEntry {
  seq: number
  at: string
  by: string
  by_name: string
  deed: string
  deed_label: string
  deed_label_en: string
  changes: Change[]
}

export interface Attachment {
  id: string
  name: string
  size: number
  mime?: string
  at?: string
  by_name?: string
}

export interface ImportError {
  row: number
  column: string
  value: Cell
  reason: string
}

export interface ImportRun {
  id: string
  state: 'reading' | 'checked' | 'writing' | 'done' | 'failed' | 'discarded'
  rows: number
  good: number
  bad: number
  added: number
  changed: number
  unchanged: number
  errors: ImportError[]
  errors_total: number
  error: string
  progress: number | null
}

export interface Region {
  code: string
  name: string
  level: number | string
  parent: string | null
  lon: number | null
  lat: number | null
  population: number | null
  households: number | null
  has_children: boolean
}

export interface SearchHit {
  kind: string
  key: string
  id: string
  title: string
  subtitle: string
  subtitle_en?: string
  lon: number | null
  lat: number | null
  score?: number
  /** An incident's, as confirmed. */
  level?: 1 | 2 | 3 | 4 | null
  /** Where its region is, for it has no place of its own. */
  rough?: boolean
}
