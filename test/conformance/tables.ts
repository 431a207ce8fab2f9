import type { Table } from './case.ts';
import { attributeTable } from './tables/attributes.ts';
import { bodyTables } from './tables/bodies.ts';
import { displayResponseTable } from './tables/display-response.ts';
import { displayTable } from './tables/displays.ts';
import { environmentTable } from './tables/environment.ts';
import { healthTables } from './tables/health.ts';
import { methodTables } from './tables/methods.ts';
import { olderPathTables } from './tables/older-paths.ts';
import { responseUpdateTable } from './tables/response-update.ts';
import { responseTable } from './tables/responses.ts';
import { scriptTables } from './tables/scripts.ts';
import { segmentTables } from './tables/segments.ts';
import { storageTables } from './tables/storage.ts';
import { userTable } from './tables/user.ts';

/** Every table of the client API, in the order of the specification. */
export const TABLES: readonly Table[] = [
  ...methodTables,
  ...bodyTables,
  environmentTable,
  displayTable,
  displayResponseTable,
  responseTable,
  responseUpdateTable,
  ...storageTables,
  userTable,
  ...olderPathTables,
  ...healthTables,
  ...scriptTables,
  attributeTable,
  ...segmentTables,
];
