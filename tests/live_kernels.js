/* Runs exported kernels on given arguments, in Node and in a page: what tests/test_wasm.py compares with Python. */
"use strict";

globalThis.runKernels = async ({code, kernels, cases}) => {
  const module = await live.load(code, kernels);
  const plain = (value) => value && value.data ? Array.from(value.data, Number) : Number(value);
  return cases.map(([name, args]) => module.scope(() => {
    const given = args.map((value) => value && value.shape ? module.tensor(value.values, ...value.shape) : value);
    const results = [module[name](...given)].flat();
    return {results: results.filter((r) => r !== undefined).map(plain), shapes: results.map((r) => r?.shape ?? []),
            arguments: given.map((value) => value && value.data ? plain(value) : null)};
  }));
};

globalThis.runTraining = async ({code, kernels, weights, settings, x, y, steps}) => {
  const module = await live.load(code, kernels);
  const net = live.training.network(module, settings.units, (M, D, depth) => weights[depth], settings);
  const inputs = module.tensor(x.values, ...x.shape), labels = module.tensor(y.values, ...y.shape);
  const losses = Array.from({length: steps}, () => live.training.step(net, inputs, labels));
  return {losses, parameters: net.layers.flatMap(({w, b}) => [w, b].map((p) => Array.from(p.data)))};
};
