// Builds without the default store of idb-keyval, which every call of ours names another one for.

/**
 * A plugin of vite. Another version of idb-keyval with other words stops the build instead of growing in silence.
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
