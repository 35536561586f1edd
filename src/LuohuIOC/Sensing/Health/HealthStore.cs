using System.Runtime.InteropServices;
using Dapper;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Health;

/// <summary>What the watch has learned of each sensor, in <c>health.db</c>: some hundred numbers a compared sensor, seven where only the battery counts.</summary>
internal sealed class HealthStore(string dataDirectory)
{
    private const string Schema = "CREATE TABLE health (sensor TEXT PRIMARY KEY, numbers BLOB NOT NULL) WITHOUT ROWID;";

    private readonly SqliteFile _file = new(Path.Combine(dataDirectory, "health.db"), Schema);

    public IEnumerable<(string Sensor, double[] Numbers)> Read()
    {
        using var connection = _file.Open();
        foreach (var (sensor, numbers) in connection.Query<(string, byte[])>("SELECT sensor, numbers FROM health"))
            yield return (sensor, MemoryMarshal.Cast<byte, double>(numbers).ToArray());
    }

    public void Write(IEnumerable<(string Sensor, double[] Numbers)> rows)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        connection.Execute(
            "INSERT OR REPLACE INTO health VALUES (@sensor, @numbers)",
            rows.Select(r => new { sensor = r.Sensor, numbers = MemoryMarshal.AsBytes<double>(r.Numbers).ToArray() }), transaction);
        transaction.Commit();
    }
}
