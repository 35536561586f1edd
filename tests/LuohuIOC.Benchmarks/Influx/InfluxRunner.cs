using System.Diagnostics;
using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Influx;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Tests.History.Influx;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Influx;

/// <summary>
/// <c>influx [readings]</c>: what influxd takes from a file of line protocol, posted as it lies in portions of 10,000 lines over two connections, and
/// what it takes from the sink, which encodes, compresses, posts and keeps its cursor. Both send the same lines, in turn, each to an empty database.
/// </summary>
internal static class InfluxRunner
{
    private const int Sensors = 1_000;
    private const int GroupReadings = 5_000;
    private const int GroupsPerAppend = 20;
    private const int Rounds = 5;
    private const long Start = 1_732_233_600_000;

    private static readonly Sensor[] Registry = [.. Enumerable.Range(0, Sensors).Select(n => new Sensor
    {
        Number = n, Id = $"outfall-{n:0000}", Kind = SensorKind.Outfall, Name = "", Street = "", Longitude = 0, Latitude = 0, Gateway = "gw-1",
        Layout = MetricLayout.Of(SensorKind.Outfall),
    })];

    public static async Task<int> RunAsync(int readings)
    {
        await using var server = new Influxd(walFsyncDelay: "0s");
        await server.StartAsync();
        var groups = Groups(readings);
        var file = Path.GetTempFileName();
        var portions = WriteFile(file, groups);
        try
        {
            // The first round is the runtime's and the server's own.
            await RawAsync(server, file, portions);
            await SinkAsync(server, groups, gzip: true);
            var (raw, plain, packed) = (new List<Round>(), new List<Round>(), new List<Round>());
            for (var round = 0; round < Rounds; round++)
            {
                raw.Add(await RawAsync(server, file, portions));
                plain.Add(await SinkAsync(server, groups, gzip: false));
                packed.Add(await SinkAsync(server, groups, gzip: true));
            }
            var bytes = (double)new FileInfo(file).Length / readings;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{readings:#,0} readings of three metrics, {bytes:0} bytes a line, {Rounds} rounds in turn, medians"));
            var table = new Table().Border(TableBorder.Markdown).AddColumns("what", "readings/s", "of the raw file", "lowest", "highest", "here, µs of processor a reading", "influxd, µs");
            foreach (var (name, rounds) in new[] { ("raw file", raw), ("sink, plain", plain), ("sink, gzip", packed) })
            {
                var speed = Median(rounds, r => r.Speed);
                table.AddRow(
                    name, Text(speed, "#,0"), Text(100 * speed / Median(raw, r => r.Speed), "0") + " %", Text(rounds.Min(r => r.Speed), "#,0"), Text(rounds.Max(r => r.Speed), "#,0"),
                    Text(Median(rounds, r => r.Here), "0.0"), Text(Median(rounds, r => r.There), "0.0"));
            }
            AnsiConsole.Write(table);
            return 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <param name="Speed">Readings/s.</param>
    /// <param name="Here">µs of this process's processor a reading.</param>
    /// <param name="There">µs of influxd's: what it does later in the background is the next round's.</param>
    private sealed record Round(double Speed, double Here, double There);

    private static async Task<Round> RawAsync(Influxd server, string file, List<(long From, int Length)> portions)
    {
        var database = await DatabaseAsync(server);
        var started = Began(server);
        using var handle = File.OpenHandle(file);
        await Parallel.ForEachAsync(portions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (portion, cancellation) =>
        {
            var lines = new byte[portion.Length];
            await RandomAccess.ReadAsync(handle, lines, portion.From, cancellation);
            using var content = new ByteArrayContent(lines);
            using var response = await server.Http.PostAsync(new Uri($"{server.Url}/write?db={database}&precision=ns"), content, cancellation);
            response.EnsureSuccessStatusCode();
        });
        return await EndAsync(server, database, started, portions.Count);
    }

    private static async Task<Round> SinkAsync(Influxd server, List<ReadingGroup> groups, bool gzip)
    {
        var database = await DatabaseAsync(server);
        var folder = Directory.CreateTempSubdirectory("luohu-sink-").FullName;
        try
        {
            var options = new InfluxOptions { Url = server.Url, Database = database, Gzip = gzip, Timeout = TimeSpan.FromMinutes(1) };
            await using var history = new InfluxHistory(
                folder, options, InfluxClient.NewConnections(options), n => Registry[n], _ => Task.CompletedTask, TimeProvider.System, NullLogger<InfluxHistory>.Instance);
            await history.OpenAsync(default);
            var started = Began(server);
            foreach (var batch in groups.Chunk(GroupsPerAppend)) await history.AppendAsync(batch, default);
            return await EndAsync(server, database, started, groups.Sum(g => g.Count) / options.LinesPerWrite);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> DatabaseAsync(Influxd server)
    {
        var name = $"b{Guid.NewGuid():n}";
        await server.QueryAsync($"CREATE DATABASE {name}");
        return name;
    }

    private static (long At, TimeSpan Here, TimeSpan There) Began(Influxd server) => (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, server.ProcessorTime);

    private static async Task<Round> EndAsync(Influxd server, string database, (long At, TimeSpan Here, TimeSpan There) began, int portions)
    {
        var (readings, ended) = (portions * 10_000.0, Began(server));
        var speed = readings / Stopwatch.GetElapsedTime(began.At, ended.At).TotalSeconds;
        await server.QueryAsync($"DROP DATABASE {database}");
        return new Round(speed, (ended.Here - began.Here).TotalMicroseconds / readings, (ended.There - began.There).TotalMicroseconds / readings);
    }

    private static List<ReadingGroup> Groups(int readings)
    {
        var groups = new List<ReadingGroup>();
        var random = new Random(7);
        for (var at = 0; at < readings; at += GroupReadings)
        {
            var group = new ReadingGroup { Position = groups.Count + 1 };
            for (var i = at; i < Math.Min(readings, at + GroupReadings); i++)
            {
                var ms = Start + i / Sensors * 1_000L;
                group.Add(i % Sensors, ms, i / Sensors, ms);
                for (byte slot = 0; slot < 3; slot++) group.AddValue(slot, Math.Round(random.NextDouble() * 5, 3));
            }
            groups.Add(group);
        }
        return groups;
    }

    private static List<(long From, int Length)> WriteFile(string path, List<ReadingGroup> groups)
    {
        var portions = new List<(long, int)>();
        var encoder = new LineEncoder(n => Registry[n]);
        var batch = new LineBatch();
        using var file = File.Create(path);
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Count; i++)
            {
                encoder.Add(batch, group, i, PointTime.Of(group.DeviceTimes[i], group.Sequences[i]));
                if (batch.Count < 10_000) continue;
                portions.Add((file.Position, batch.Writer.Length));
                file.Write(batch.Writer.Written.Span);
                batch.Clear();
            }
        }
        return portions;
    }

    private static double Median(List<Round> rounds, Func<Round, double> of) => rounds.Select(of).Order().ElementAt(rounds.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
