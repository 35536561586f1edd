using System.Runtime.Versioning;
using LuohuIOC.Storage;
using Xunit;

namespace LuohuIOC.Tests.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class FileRightsTests
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.GroupWrite;

    [Fact]
    public void What_is_made_in_the_data_directory_is_no_business_of_the_machines_other_users()
    {
        var parent = Directory.CreateTempSubdirectory("luohu-rights-").FullName;
        var path = Path.Combine(parent, "data");
        using (DataFolder.Claim(path))
        {
            var made = Path.Combine(path, "history.duckdb");
            File.WriteAllText(made, "x");
            Assert.Equal(default, File.GetUnixFileMode(path) & Others);
            Assert.Equal(default, File.GetUnixFileMode(made) & Others);
            Assert.Equal(default, File.GetUnixFileMode(Path.Combine(path, DataFolder.LockFile)) & Others);
        }
        // Made before, under a umask that let everybody write.
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        using (DataFolder.Claim(path)) Assert.Equal(UnixFileMode.OtherRead | UnixFileMode.OtherExecute, File.GetUnixFileMode(path) & Others);
        Directory.Delete(parent, recursive: true);
    }
}
