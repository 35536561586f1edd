using System.Runtime.InteropServices;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>Makes a folder's entries durable: a new file survives power loss only when its name does too. .NET opens no folders.</summary>
internal static partial class FolderSync
{
    public static void Flush(string folder)
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
