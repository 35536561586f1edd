using System.Diagnostics;

namespace LuohuIOC.IntegrationTests;

/// <summary>A disk of 96 MiB of its own, which can be filled to the last byte and emptied again.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _ballast;

    public SmallDisk()
    {
        Folder = Directory.CreateTempSubdirectory("luohu-disk-").FullName;
        _ballast = Path.Combine(Folder, "ballast");
        Assert.True(Run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", Folder) == 0, "This test mounts a small disk: run it as root on Linux (apt-get install mount).");
    }

    public string Folder { get; }

    public void Fill()
    {
        using var file = new FileStream(_ballast, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var chunk = new byte[1 << 20];
        for (var size = chunk.Length; size > 0;)
        {
            try
            {
                file.Write(chunk, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void MakeRoom() => File.Delete(_ballast);

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder, recursive: true);
    }

    private static int Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
