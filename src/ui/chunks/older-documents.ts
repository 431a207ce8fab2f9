// The chunk that documents of former years need.
export { renewOlder } from '../../core/survey/renew-older.ts';
