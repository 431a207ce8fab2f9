import { describeManagement } from './run.ts';

describeManagement('postgres');
