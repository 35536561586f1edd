namespace LuohuIOC.Tests;

/// <summary>Where the sources lie, for tests that read them: the folder with the solution, above the test's own binaries.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "LuohuIOC.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No LuohuIOC.sln above {AppContext.BaseDirectory}.");
    }
}
