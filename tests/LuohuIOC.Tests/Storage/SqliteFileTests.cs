using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Storage;

/// <summary>Schema versions of every SQLite file of the product: older ones are brought up, newer ones refused.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private static readonly string[] Scripts = ["CREATE TABLE t(n INTEGER); INSERT INTO t VALUES(1)", "ALTER TABLE t ADD COLUMN unit TEXT DEFAULT 'm'", "INSERT INTO t VALUES(2, 'mm')"];

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-sqlite-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "t.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_file_of_any_older_version_is_brought_up_with_what_it_holds(int older)
    {
        if (older > 0) _ = new SqliteFile(Path, Scripts[..older]);
        using var connection = new SqliteFile(Path, Scripts).Open();
        Assert.Equal("1m 2mm", Scalar(connection, "SELECT group_concat(n || unit, ' ') FROM t"));
        Assert.Equal(3L, Scalar(connection, "PRAGMA user_version"));
    }

    [Fact]
    public void A_newer_file_is_refused_by_name_and_left_as_it_is()
    {
        _ = new SqliteFile(Path, Scripts);
        var refused = Assert.Throws<IOException>(() => new SqliteFile(Path, Scripts[..2])).Message;
        Assert.Contains(Path, refused, StringComparison.Ordinal);
        Assert.Contains("schema 3, this program knows 2", refused, StringComparison.Ordinal);
        using var connection = new SqliteFile(Path, Scripts).Open();
        Assert.Equal(2L, Scalar(connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void A_script_that_fails_leaves_the_version_before_it_whole()
    {
        _ = new SqliteFile(Path, Scripts[..1]);
        Assert.Throws<IOException>(() => new SqliteFile(Path, Scripts[0], "INSERT INTO t VALUES(7); INSERT INTO nowhere VALUES(1)"));
        using var connection = new SqliteFile(Path, Scripts[..1]).Open();
        Assert.Equal(1L, Scalar(connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task Programs_that_open_an_older_file_together_take_turns()
    {
        // Who meets whom where is chance.
        for (var round = 0; round < 10; round++)
        {
            var path = $"{Path}.{round}";
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => new SqliteFile(path, Scripts))));
            using var connection = new SqliteFile(path, Scripts).Open();
            Assert.Equal(2L, Scalar(connection, "SELECT count(*) FROM t"));
        }
    }

    [Fact]
    public void The_first_models_file_is_read_by_this_version()
    {
        using (var old = new SqliteConnection($"Data Source={System.IO.Path.Combine(_folder, "models.db")};Pooling=false"))
        {
            old.Open();
            Scalar(old, File.ReadAllText(Repository.PathOf("tests/LuohuIOC.Tests/Storage/golden/models.1.sql")));
        }
        using var connection = ModelsDatabase.Open(_folder).Open();
        Assert.Equal(
            "anomaly wq-0001 3 4.25 1",
            Scalar(connection, "SELECT task || ' ' || sensor || ' ' || version || ' ' || threshold || ' ' || pinned FROM trained JOIN in_force USING (task, sensor, version)"));
        Assert.Equal(0L, Scalar(connection, "SELECT count(*) FROM threshold_move"));
        Assert.Equal(3L, Scalar(connection, "PRAGMA user_version"));
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
