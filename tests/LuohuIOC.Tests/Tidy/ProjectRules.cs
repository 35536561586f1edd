using System.Xml.Linq;

namespace LuohuIOC.Tests.Tidy;

/// <summary>What projects may reference, and where tests lie.</summary>
internal static class ProjectRules
{
    // Only rows with a fence: the device protocol stays free of packages, the simulator knows nothing of the product.
    private static readonly (string Project, string[] Projects, bool Packages)[] Fenced =
    [
        ("src/LuohuIOC.DeviceProtocol/LuohuIOC.DeviceProtocol.csproj", [], false),
        ("src/LuohuIOC.Detection/LuohuIOC.Detection.csproj", [], true),
        ("simulators/LuohuIOC.Simulator/LuohuIOC.Simulator.csproj", ["LuohuIOC.DeviceProtocol"], true),
        ("src/LuohuIOC/LuohuIOC.csproj", ["LuohuIOC.DeviceProtocol", "LuohuIOC.Detection"], true),
    ];

    public static IEnumerable<string> References()
    {
        foreach (var (path, allowed, packages) in Fenced)
        {
            var project = XDocument.Load(Repository.PathOf(path));
            foreach (var reference in project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)))
                if (!allowed.Contains(reference)) yield return $"{path}: may not reference {reference}.";
            if (!packages && project.Descendants("PackageReference").Any()) yield return $"{path}: has no packages, so that firmware people can read all of it.";
        }
    }

    /// <summary><c>src/LuohuIOC/History/X.cs</c> is tested by <c>tests/LuohuIOC.Tests/History/XTests.cs</c>; other tests lie in a folder that exists in the sources.</summary>
    public static IEnumerable<string> TestPlaces()
    {
        var sources = SourceTree.Under("src", "simulators").ToArray();
        var folders = sources.Select(TestFolderOf).ToHashSet();
        foreach (var test in SourceTree.Files.Where(f => f.Project == "LuohuIOC.Tests" && f.Name.EndsWith("Tests.cs", StringComparison.Ordinal)))
        {
            var folder = string.Join('/', test.Folders);
            if (folder is "" or "Tidy") continue;
            var subject = test.Name.Replace("Tests.cs", ".cs", StringComparison.Ordinal);
            var places = sources.Where(s => s.Name == subject).Select(TestFolderOf).ToArray();
            if (places.Length > 0 && !places.Contains(folder)) yield return $"{test.Path}: its source is tested in {places[0]}/.";
            else if (!folders.Contains(folder)) yield return $"{test.Path}: no source folder is called {folder}.";
        }
    }

    // src/LuohuIOC/Sensing/Detectors → Sensing/Detectors; src/LuohuIOC.Detection/Forest → Detection/Forest
    private static string TestFolderOf(SourceFile source)
    {
        var project = source.Project == "LuohuIOC" ? [] : new[] { source.Project["LuohuIOC.".Length..] };
        return string.Join('/', project.Concat(source.Folders));
    }
}
