using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>What .NET does not offer of making files durable: fdatasync, and folders.</summary>
internal static partial class FileSync
{
    /// <summary>Makes written bytes durable, and of the file's own data only what is needed to read them.</summary>
    public static void FlushData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(file);
        else if (SyncData(file) != 0) throw new IOException($"The journal cannot be made durable: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Makes a folder's entries durable: a new file survives power loss only when its name does too.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0) throw new IOException($"{folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        try
        {
            if (Sync(descriptor) != 0) throw new IOException($"{folder} cannot be made durable: {Marshal.GetLastPInvokeErrorMessage()}");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
