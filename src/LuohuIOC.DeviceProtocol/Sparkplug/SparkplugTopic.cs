namespace LuohuIOC.DeviceProtocol.Sparkplug;

/// <summary>What a Sparkplug B message is.</summary>
public enum SparkplugMessage : byte
{
    NodeBirth,
    NodeDeath,
    DeviceBirth,
    DeviceDeath,
    NodeData,
    DeviceData,
    NodeCommand,
    DeviceCommand,
}

/// <summary><c>spBv1.0/{group}/{type}/{node}[/{device}]</c>.</summary>
public sealed record SparkplugTopic(string Group, SparkplugMessage Message, string Node, string? Device)
{
    public const string Prefix = "spBv1.0/";

    private static readonly string[] Types = ["NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA", "DDATA", "NCMD", "DCMD"];

    /// <summary>Null for a topic that is none, such as a host application's <c>spBv1.0/STATE/…</c>.</summary>
    public static SparkplugTopic? Parse(string topic)
    {
        if (topic.Split('/') is not ["spBv1.0", { Length: > 0 } group, var type, { Length: > 0 } node, .. var rest] || rest.Length > 1) return null;
        var message = Array.IndexOf(Types, type);
        var ofDevice = message >= 0 && type[0] == 'D';
        if (message < 0 || ofDevice != (rest.Length == 1) || (ofDevice && rest[0].Length == 0)) return null;
        return new SparkplugTopic(group, (SparkplugMessage)message, node, ofDevice ? rest[0] : null);
    }

    /// <summary>True for what host applications publish: their state, and commands to nodes and devices.</summary>
    public static bool IsOfHosts(string topic) =>
        topic.StartsWith(Prefix + "STATE/", StringComparison.Ordinal) || Parse(topic) is { Message: SparkplugMessage.NodeCommand or SparkplugMessage.DeviceCommand };

    public override string ToString() => $"{Prefix}{Group}/{Types[(int)Message]}/{Node}{(Device is null ? "" : "/" + Device)}";
}
