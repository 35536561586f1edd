using LuohuIOC.Sensing.Gateways;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Gateways;

public sealed class AwayFileTests : IDisposable
{
    private static readonly AwayNote Will = new("gw-1", DateTimeOffset.FromUnixTimeMilliseconds(Watched.Start), IsSparkplug: false);
    private static readonly AwayNote Node = new("gw:2", DateTimeOffset.FromUnixTimeMilliseconds(Watched.Start + 1), IsSparkplug: true);

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-away-").FullName;

    private string Path => System.IO.Path.Combine(_folder, AwayFile.Name);

    [Fact]
    public void The_next_process_reads_what_the_last_has_kept()
    {
        Assert.Empty(new AwayFile(Path).Read());
        var file = new AwayFile(Path);
        file.Keep([Will, Node]);
        Assert.Equal([Will, Node], new AwayFile(Path).Read());
        file.Keep([Node]);
        Assert.Equal([Node], new AwayFile(Path).Read());
        file.Keep([]);
        Assert.Empty(new AwayFile(Path).Read());
        Assert.Equal([AwayFile.Name], Directory.GetFiles(_folder).Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public void What_has_not_changed_is_not_written()
    {
        var file = new AwayFile(Path);
        file.Keep([]);
        Assert.False(File.Exists(Path));
        file.Keep([Will]);
        File.Delete(Path);
        file.Keep([Will]);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void Lines_that_cannot_be_read_are_passed_over()
    {
        File.WriteAllLines(Path, ["", "gw-9", "gw-9,soon,will", "gw-9,9999999999999999999,will", "gw-9,1,perhaps", $"gw-1,{Watched.Start},will"]);
        Assert.Equal([Will], new AwayFile(Path).Read());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
