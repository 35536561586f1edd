using System.Runtime.InteropServices;

namespace LuohuIOC.Storage;

/// <summary>
/// What this program makes is no business of the machine's other users: whoever can write the data directory can put a token of his own in it, and whoever can read it
/// reads what officers wrote. The group may read, so that an operator can let a program in.
/// </summary>
internal static partial class FileRights
{
    private const int NoneForOthers = 0b000_010_111;

    private const UnixFileMode OthersWrite = UnixFileMode.OtherWrite;

    /// <summary>From now on whatever the process makes; a stricter umask stays.</summary>
    public static void Restrict()
    {
        if (OperatingSystem.IsWindows()) return;
        var before = Umask(NoneForOthers);
        _ = Umask(before | NoneForOthers);
    }

    /// <summary>Takes the right to write in a folder that was made before away from the machine's other users.</summary>
    public static void CloseToOthers(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(folder);
        if ((mode & OthersWrite) == 0) return;
        try
        {
            File.SetUnixFileMode(folder, mode & ~OthersWrite);
        }
        catch (UnauthorizedAccessException)
        {
            // It is somebody else's folder, a mounted one for example, and he has left it open.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial int Umask(int mask);
}
