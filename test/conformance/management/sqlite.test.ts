import { describeManagement } from './run.ts';

describeManagement('sqlite');
