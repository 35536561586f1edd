namespace LuohuIOC.Simulator.Language;

/// <summary>A file or option that the person who started the simulator must correct; the text is under the key, in that person's language.</summary>
public sealed class InputException(string key, params object?[] arguments) : Exception($"{key}: {string.Join(", ", arguments)}")
{
    public string Key { get; } = key;

    public object?[] Arguments { get; } = arguments;
}
