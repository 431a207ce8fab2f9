import { describeTables } from './run-tables.ts';

describeTables('sqlite');
