import { install } from './install.ts';
import * as renderer from './ui/index.tsx';

// Core and renderer in one script, for pages that pin everything by hash: nothing else is ever loaded.
install(() => Promise.resolve(renderer));
