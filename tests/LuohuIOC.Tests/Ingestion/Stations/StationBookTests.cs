using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Stations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

public sealed class StationBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-book-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>An editor writes in two goes, and the file system's clock has ticked only once.</summary>
    [Fact]
    public void A_file_that_is_read_half_written_is_read_again()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", _folder)]).Build();
        var book = new StationBook(Options.Create(new StationOptions()), configuration, NullLogger<StationBook>.Instance);
        var file = new FileInfo(Path.Combine(_folder, "stations.csv"));
        Assert.False(book.Knows(PayloadForm.Sl651, "0012345678"));
        File.WriteAllText(file.FullName, "protocol,address,sensor\nsl651,0012345678,river-001\n");
        Assert.True(book.Knows(PayloadForm.Sl651, "0012345678"));
        var written = file.LastWriteTimeUtc;
        File.AppendAllText(file.FullName, "sl651,0012345679,river-002\n");
        file.LastWriteTimeUtc = written;
        Assert.True(book.Knows(PayloadForm.Sl651, "0012345679"));
        Assert.Equal("river-002", book.SensorOf(PayloadForm.Sl651, "0012345679"));
    }
}
