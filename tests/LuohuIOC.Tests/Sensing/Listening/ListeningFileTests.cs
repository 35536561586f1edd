using LuohuIOC.Sensing.Listening;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Listening;

public sealed class ListeningFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-listening-").FullName;

    private string Path => System.IO.Path.Combine(_folder, ListeningFile.Name);

    [Fact]
    public void The_next_process_reads_what_the_last_has_kept()
    {
        Assert.Null(new ListeningFile(Path).Read());
        var time = new ListenedTime(1000, 1000, []).After(2000, 3000).After(4000, 6000);
        new ListeningFile(Path).Keep(new ListeningNote(time, 7000));
        var read = new ListeningFile(Path).Read()!;
        Assert.Equal((1000, 6000, 7000), (read.Time.SinceMs, read.Time.ResumedMs, read.LastMs));
        Assert.Equal(time.Pauses, read.Time.Pauses);
        Assert.Equal([ListeningFile.Name], Directory.GetFiles(_folder).Select(System.IO.Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("since,1000")]
    [InlineData("since,1000\nlast,soon")]
    [InlineData("since,1000\nlast,7000\npause,3000")]
    [InlineData("since,1000\nlast,7000\npause,3000,2000")]
    [InlineData("since,1000\nlast,7000\npause,3000,4000\npause,3500,5000")]
    [InlineData("since,1000\nlast,9999999999999999999")]
    public void A_file_with_a_line_that_cannot_be_read_is_not_believed(string text)
    {
        File.WriteAllText(Path, text);
        Assert.Null(new ListeningFile(Path).Read());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
