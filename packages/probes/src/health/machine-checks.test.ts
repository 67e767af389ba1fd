import { describe, expect, test } from "vitest";
import type { HealthCheck } from "./health-check.ts";
import { healthReport } from "./health-report.ts";
import { askedOnce } from "./machine.ts";
import { CpuMeter, cpuCheck, diskCheck, fileDescriptorsCheck, inodesCheck, memoryCheck } from "./machine-checks.ts";
import { routeCheck } from "./network-checks.ts";
import { machineWith } from "./testing/made-up-machine.ts";

const DISK = {
  sizeBlocks: 1000,
  freeBlocks: 150,
  availableBlocks: 100,
  blockBytes: 4096,
  inodes: 1000,
  freeInodes: 50,
};

async function found(check: HealthCheck) {
  const [result] = (await healthReport([check], Date.now)).checks;
  if (result === undefined) throw new Error("it found nothing");
  return result;
}

describe("D1 the machine", () => {
  test("is busy as much as its processors were neither idle nor waiting for a disk", async () => {
    const machine = machineWith({
      files: {
        "/proc/stat": ["cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1", "cpu  165 0 110 720 105 0 0 0 90 0\ncpu0 1 1"],
      },
    });

    const result = await found(cpuCheck({ limit: 80, meter: new CpuMeter(machine) }));

    expect(result).toMatchObject({ status: "ok", value: 75, limit: 80, unit: "percent", detail: "75 % busy" });
  });

  test("is not unwell for a burst of a second, and is so when it stays busy", async () => {
    const looked = (last: string) =>
      found(
        cpuCheck({
          limit: 80,
          machine: machineWith({ files: { "/proc/stat": ["cpu  0 0 0 0", "cpu  100 0 0 0", last] } }),
        }),
      );

    expect(await looked("cpu  110 0 0 290")).toMatchObject({ status: "ok", value: 3.3 });
    expect(await looked("cpu  390 0 0 10")).toMatchObject({ status: "unhealthy", value: 96.7 });
  });

  test("is not well over its limit, and well at it", async () => {
    const files = { "/proc/meminfo": "MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    150 kB\n" };
    const machine = machineWith({ files });

    expect(await found(memoryCheck({ limit: 85, machine }))).toMatchObject({ status: "ok", value: 85 });
    expect(await found(memoryCheck({ limit: 84.9, machine }))).toMatchObject({ status: "unhealthy", value: 85 });
  });

  test("in a container is as full as its limit says, without what caches hold; a group without a limit does not count", async () => {
    const group = "/sys/fs/cgroup/system.slice";
    const files = {
      "/proc/meminfo": "MemTotal:       1000000 kB\nMemAvailable:    900000 kB\n",
      "/proc/self/cgroup": "0::/system.slice/bot.service\n",
      [`${group}/memory.max`]: "1000000\n",
      [`${group}/memory.current`]: "990000\n",
      [`${group}/memory.stat`]: "anon 900000\ninactive_file 50000\nactive_file 30000\nslab_reclaimable 10000\n",
      [`${group}/bot.service/memory.max`]: "max\n",
      [`${group}/bot.service/memory.current`]: "990000\n",
      [`${group}/bot.service/memory.stat`]: "anon 990000\n",
    };

    expect(await found(memoryCheck({ limit: 85, machine: machineWith({ files }) }))).toMatchObject({
      ...{ status: "unhealthy", value: 90 },
      detail: expect.stringContaining("control group"),
    });
    const roomy = machineWith({ files: { ...files, [`${group}/memory.max`]: "9000000000\n" } });
    expect(await found(memoryCheck({ limit: 85, machine: roomy }))).toMatchObject({ status: "ok", value: 10 });
  });

  test("has a disk that is as full as df says, with what only root may use neither used nor free", async () => {
    const machine = machineWith({ fileSystem: DISK });

    expect(await found(diskCheck({ path: "/", limit: 90, machine }))).toMatchObject({ status: "ok", value: 89.5 });
    expect(await found(inodesCheck({ path: "/", limit: 90, machine }))).toMatchObject({
      status: "unhealthy",
      value: 95,
    });
    const endless = machineWith({ fileSystem: { ...DISK, inodes: 0 } });
    expect((await found(inodesCheck({ path: "/", limit: 90, machine: endless }))).status).toBe("unavailable");
    const none = await found(diskCheck({ path: "/gone", limit: 90, machine: machineWith({}) }));
    expect(none).toMatchObject({ status: "unhealthy", detail: expect.stringContaining("/gone") });
  });

  test("is asked of a disk that hangs once, not again and again", async () => {
    let asked = 0;
    const disk = Promise.withResolvers<typeof DISK>();
    const fileSystem = (): Promise<typeof DISK> => {
      asked += 1;
      return disk.promise;
    };
    const machine = askedOnce({ ...machineWith({}), fileSystem });
    const look = (): Promise<unknown> =>
      healthReport(
        [diskCheck({ path: "/net", limit: 90, machine }), inodesCheck({ path: "/net", limit: 99, machine })].map(
          (one) => ({
            ...one,
            timeoutMs: 10,
          }),
        ),
        Date.now,
      );

    expect(await look()).toMatchObject({ status: "unhealthy" });
    await look();
    expect(asked).toBe(1);
    disk.resolve(DISK);
    await disk.promise;

    expect(await look()).toMatchObject({ status: "ok" });
  });

  test("has as many open files as the kernel says", async () => {
    const machine = machineWith({ files: { "/proc/sys/fs/file-nr": "900\t100\t1000\n" } });

    expect(await found(fileDescriptorsCheck({ limit: 79, machine }))).toMatchObject({ status: "unhealthy", value: 80 });
  });

  test("reaches others only over a default route that is up", async () => {
    const head = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\n";
    const routes = (flags: string, six = "") =>
      machineWith({
        files: {
          "/proc/net/route": `${head}eth0\t00000000\t0100A8C0\t${flags}\t0\t0\t0\t00000000\t0\n`,
          "/proc/net/ipv6_route": six,
        },
      });
    const refusing = `${"0".repeat(32)} 00 ${"0".repeat(32)} 00 ${"0".repeat(32)} ffffffff 00000001 00000000 00200200 lo\n`;

    expect(await found(routeCheck({ machine: routes("0003") }))).toMatchObject({
      status: "ok",
      detail: "default route over eth0",
    });
    expect((await found(routeCheck({ machine: routes("0002", refusing) }))).status).toBe("unhealthy");
    expect((await found(routeCheck({ machine: routes("0002", refusing.replace("lo\n", "eth1\n")) }))).detail).toContain(
      "eth1",
    );
  });

  test("that is not Linux is not available, and not unhealthy", async () => {
    const machine = machineWith({});
    const checks = [
      cpuCheck({ limit: 80, meter: new CpuMeter(machine) }),
      memoryCheck({ limit: 85, machine }),
      fileDescriptorsCheck({ limit: 80, machine }),
      routeCheck({ machine }),
    ];

    const report = await healthReport(checks, Date.now);

    expect(report.status).toBe("ok");
    for (const { status, detail } of report.checks) {
      expect(status).toBe("unavailable");
      expect(detail).toMatch(/^not available here/);
    }
  });

  test.skipIf(process.platform !== "linux")("this one has figures between nothing and everything", async () => {
    const report = await healthReport(
      [
        cpuCheck({ limit: 100 }),
        memoryCheck({ limit: 100 }),
        diskCheck({ path: "/", limit: 100 }),
        fileDescriptorsCheck({ limit: 100 }),
      ],
      Date.now,
    );

    expect(report.status).toBe("ok");
    for (const { value = -1 } of report.checks) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(100);
    }
  });
});
