// What @platformatic/kafka is given, and what must not end the process.
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openPool } from '../../../../runtime/src/broker/platformatic/connections.ts';

test('a connection that fails again after its first failure ends nothing', async () => {
  const server = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = openPool({ brokers: [`127.0.0.1:${port}`] }, { clientId: 'c', requestTimeoutMs: 1000 });
  const connection = await pool.get({ host: '127.0.0.1', port });
  const failures: string[] = [];
  connection.on('error', (error) => failures.push(error.message));
  connection.socket.emit('error', new Error('once'));
  connection.off('error', connection.listeners('error').at(-1) as () => void);
  expect(() => connection.socket.emit('error', new Error('again'))).not.toThrow();
  expect(failures).toHaveLength(1);
  await pool.close();
  server.close();
});
