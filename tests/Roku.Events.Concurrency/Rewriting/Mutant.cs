using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Roku.Events.Concurrency;

// A planted bug: a method without one of its calls, or without its lock. "BatchDispatcher.Settle without WakeWaiting".
internal sealed record Mutant(string Method, string Left, int Occurrence)
{
    private const string Lock = "its lock";

    public string Name => $"{Method} without {Left}{(Occurrence == 1 ? "" : $" #{Occurrence}")}";

    // Every bug of this kind in the classes that the lock guards.
    public static IEnumerable<Mutant> All(string path)
    {
        using var module = ModuleDefinition.ReadModule(path);
        var seen = new Dictionary<(string, string), int>();
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody))
        {
            foreach (var instruction in method.Body.Instructions)
            {
                if (LeftOutBy(method, instruction) is { } left)
                {
                    var key = (NameOf(method), left);
                    seen[key] = seen.GetValueOrDefault(key) + 1;
                    yield return new Mutant(NameOf(method), left, seen[key]);
                }
            }
        }
    }

    // The method as it is in the source: async methods, iterators and lambdas are classes of their own in the assembly.
    public static string NameOf(MethodDefinition method)
    {
        var type = method.DeclaringType;
        var name = method.Name;
        while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
        {
            name = type.Name.StartsWith("<>", StringComparison.Ordinal) ? name : type.Name;
            type = outer;
        }

        var (from, to) = (name.IndexOf('<', StringComparison.Ordinal), name.IndexOf('>', StringComparison.Ordinal));
        return $"{type.Name}.{(from == 0 && to > 1 ? name[1..to] : name)}";
    }

    public void ApplyTo(ModuleDefinition module)
    {
        var occurrence = 0;
        foreach (var method in module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody && NameOf(method) == Method))
        {
            foreach (var instruction in method.Body.Instructions.ToArray())
            {
                if (LeftOutBy(method, instruction) == Left && ++occurrence == Occurrence)
                {
                    LeaveOut(method.Body.GetILProcessor(), instruction);
                    return;
                }
            }
        }

        throw new ArgumentException($"There is no '{Name}'.");
    }

    public static Mutant Parse(string name) => name.Split(" without ") is [var method, var left]
        ? left.Split(" #") is [var call, var occurrence] ? new Mutant(method, call, int.Parse(occurrence, null)) : new Mutant(method, left, 1)
        : throw new ArgumentException($"'{name}' is no name of a mutant.");

    private static string? LeftOutBy(MethodDefinition method, Instruction instruction)
    {
        if (!NameOf(method).StartsWith("BatchDispatcher.", StringComparison.Ordinal) || method.IsConstructor
            || instruction.OpCode.FlowControl != FlowControl.Call || instruction.Operand is not MethodReference called
            || called.DeclaringType.Name is "Log" or "Notices")
        {
            return null;
        }

        return called switch
        {
            { DeclaringType.FullName: "System.Threading.Monitor", Name: "Enter" } => Lock,
            { DeclaringType.FullName: "System.Threading.ITimer", Name: "Change" } => called.Name,
            { DeclaringType.FullName: "System.Threading.Tasks.TaskCompletionSource", Name: "TrySetResult" } => called.Name,
            { ReturnType.MetadataType: MetadataType.Void or MetadataType.Boolean } when called.Resolve()?.Module == method.Module && !called.Name.StartsWith('<') && called.Name != ".ctor" => called.Name,
            _ => null,
        };
    }

    private static void LeaveOut(ILProcessor code, Instruction instruction)
    {
        var called = (MethodReference)instruction.Operand;
        var arguments = called.Parameters.Count + (called.HasThis ? 1 : 0);
        var last = instruction;
        (instruction.OpCode, instruction.Operand) = (OpCodes.Nop, null);
        for (var i = 0; i < arguments; i++)
        {
            Add(OpCodes.Pop);
        }

        // "Yes": it is there, it may.
        if (called.ReturnType.MetadataType == MetadataType.Boolean)
        {
            Add(OpCodes.Ldc_I4_1);
        }

        void Add(OpCode opCode)
        {
            var added = code.Create(opCode);
            code.InsertAfter(last, added);
            last = added;
        }
    }
}
