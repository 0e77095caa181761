// Copyright: (c) 2026, the dialtone.voice maintainers
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Loaded into Node before a foreign client: the client can reach one port of the loopback and nothing else, cannot
// look up a name, and cannot start a program. What it tries all the same is written to FOREIGN_GUARD_LOG and fails.
'use strict'

const childProcess = require('node:child_process')
const dgram = require('node:dgram')
const dns = require('node:dns')
const fs = require('node:fs')
const net = require('node:net')

const log = process.env.FOREIGN_GUARD_LOG
const allowed = Number(process.env.FOREIGN_GUARD_PORT)
if (!log || !allowed) throw new Error('guard.cjs needs FOREIGN_GUARD_LOG and FOREIGN_GUARD_PORT')

function refuse (what) {
  fs.appendFileSync(log, what + '\n')
  return Object.assign(new Error('refused by the guard: ' + what), { code: 'EPERM' })
}

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  // net.connect() hands on its arguments as one normalized array: [options, callback].
  const given = Array.isArray(args[0]) ? args[0] : args
  const options = typeof given[0] === 'object' ? given[0] : { port: given[0], host: given[1] }
  if (options.host === '127.0.0.1' && Number(options.port) === allowed) return connect.apply(this, args)
  throw refuse('connect ' + (options.path || (options.host || 'localhost') + ':' + options.port))
}

for (const holder of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(holder))) {
    if (/^(lookup|resolve|reverse)/.test(name) && typeof holder[name] === 'function') {
      holder[name] = (subject) => { throw refuse('look up ' + subject) }
    }
  }
}
dgram.createSocket = () => { throw refuse('a datagram socket') }

for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  childProcess[name] = (file, args) => {
    throw refuse([name, file].concat(Array.isArray(args) ? args.slice(0, 2) : []).join(' '))
  }
}
// A program that uses `import` sees the changed functions only after this.
require('node:module').syncBuiltinESMExports()
