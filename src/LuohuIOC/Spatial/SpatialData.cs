namespace LuohuIOC.Spatial;

/// <summary>The files of <c>Spatial/Data</c>, embedded in the assembly.</summary>
internal static class SpatialData
{
    public static Stream Open(string file) =>
        typeof(SpatialData).Assembly.GetManifestResourceStream($"Spatial/Data/{file}")
        ?? throw new InvalidOperationException($"Spatial/Data/{file} is not embedded in the assembly.");
}
