// Builds without the default store of idb-keyval: every call in src/ names its store.

/**
 * Plugin of vite. A version of idb-keyval whose text differs stops the build; otherwise the bundle would grow unnoticed.
 *
 * @returns {import('vite').Plugin}
 */
export function slimIdbKeyval() {
  return {
    name: 'slim-idb-keyval',
    transform(code, id) {
      if (!id.includes('/idb-keyval/')) return undefined;
      const slim = code.replaceAll(' = defaultGetStore()', '');
      if (slim === code) throw new Error('idb-keyval is not as expected');
      return { code: slim, map: null };
    },
  };
}
