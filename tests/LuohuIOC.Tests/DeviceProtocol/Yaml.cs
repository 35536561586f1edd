using YamlDotNet.RepresentationModel;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>Reads YAML nodes without casts at every step.</summary>
internal static class Yaml
{
    public static string Text(this YamlNode node) => ((YamlScalarNode)node).Value!;

    public static Dictionary<string, YamlNode> Map(this YamlNode node) => ((YamlMappingNode)node).Children.ToDictionary(c => c.Key.Text(), c => c.Value);
}
