enum Icon {
    static let text = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1f3a5f"/>\
        <path d="M16 6v12m-5-5 5 5 5-5M8 20v5h16v-5" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round" \
        stroke-linejoin="round"/></svg>
        """
}
